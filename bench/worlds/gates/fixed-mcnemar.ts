import { mcnemarExactP } from '../../../learner/src/stats/mcnemar-exact.ts';
import { CachedPairs } from './cached-pairs.ts';
import type { Gate } from './gate.ts';
import { mean, RunMeter } from './run-meter.ts';

const ALPHA = 0.05;

/**
 * A correct test of the textbook: a number of pairs fixed in advance for every candidate, on the cases it triggers on, one
 * exact one-sided McNemar test each at α divided by the number of candidates (Bonferroni).
 */
export function fixedMcnemarGate(pairs: number): Gate {
  return {
    name: `McNemar, ${pairs} pairs, Bonferroni`,
    liftScope: 'triggered',
    promote: async (input, runsBudget) => {
      const meter = new RunMeter(input, runsBudget);
      const cache = new CachedPairs(input, meter);
      const lifts = new Map<string, number>();
      for (const candidate of input.candidates) {
        const differences: number[] = [];
        let isWhole = true;
        for (const [caseId, pass] of await cache.order(candidate, pairs)) {
          const difference = await cache.difference(candidate, caseId, pass);
          isWhole = difference !== undefined;
          if (difference === undefined) break;
          if (difference !== null) differences.push(difference);
        }
        if (!isWhole) break;
        const gains = differences.filter((d) => d > 0).length;
        const losses = differences.filter((d) => d < 0).length;
        if (mcnemarExactP(gains, losses).greater <= ALPHA / input.candidates.length)
          lifts.set(candidate.id, mean(differences));
      }
      return { promoted: [...lifts.keys()], runs: meter.used, lifts };
    },
  };
}

import { CachedPairs } from './cached-pairs.ts';
import type { Gate } from './gate.ts';
import { mean, RunMeter } from './run-meter.ts';

const ALPHA = 0.05;
const PAIRS_MAX = 120;
/** Largest share of the wealth on one pair. */
const BET_MAX = 0.9;

/**
 * Like PACE (arXiv 2606.08106), from its abstract: each candidate in the order of the list is compared with the rules kept
 * so far on identical cases, and kept once a bet on the pairs that differ has multiplied its wealth by 1/α; given up after
 * {@link PAIRS_MAX} pairs. The bound holds for each decision, not for a cycle of many. The bet is ours: the share of
 * gains over losses so far, `(b − c + 1)/(b + c + 2)`, never negative.
 */
export const paceGate: Gate = {
  name: 'PACE-like',
  liftScope: 'triggered',
  promote: async (input, runsBudget) => {
    const meter = new RunMeter(input, runsBudget);
    const cache = new CachedPairs(input, meter);
    const lifts = new Map<string, number>();
    for (const candidate of input.candidates) {
      let [wealth, gains, losses] = [1, 0, 0];
      const differences: number[] = [];
      for (const [caseId, pass] of await cache.order(candidate, PAIRS_MAX)) {
        const difference = await cache.difference(candidate, caseId, pass);
        if (difference === undefined) break;
        if (difference === null) continue;
        differences.push(difference);
        const share = (gains - losses + 1) / (gains + losses + 2);
        const bet = Math.min(BET_MAX, Math.max(0, share));
        wealth *= 1 + bet * difference;
        if (difference > 0) gains += 1;
        if (difference < 0) losses += 1;
        if (wealth >= 1 / ALPHA) break;
      }
      if (wealth < 1 / ALPHA) continue;
      lifts.set(candidate.id, mean(differences));
      cache.keep(candidate);
    }
    return { promoted: [...lifts.keys()], runs: meter.used, lifts };
  },
};

import type { Gate } from './gate.ts';
import { mean, RunMeter } from './run-meter.ts';

/**
 * Keeps a candidate whose mean over all cases went up: one run of each case, in the order of the list, against the rules
 * kept so far. Their scores are measured once, when they are kept.
 */
export const greedyGate: Gate = {
  name: 'greedy: mean went up',
  liftScope: 'all',
  promote: async (input, runsBudget) => {
    const meter = new RunMeter(input, runsBudget);
    const lifts = new Map<string, number>();
    let kept = [...input.incumbents];
    let best = await meter.runAll(input.cases, kept);
    for (const candidate of input.candidates) {
      const scores = await meter.runAll(input.cases, [...kept, candidate]);
      if (best === undefined || scores === undefined) break;
      const gain = mean(scores) - mean(best);
      if (!(gain > 0)) continue;
      lifts.set(candidate.id, gain);
      kept = [...kept, candidate];
      best = scores;
    }
    return { promoted: [...lifts.keys()], runs: meter.used, lifts };
  },
};

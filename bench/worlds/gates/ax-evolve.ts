import { createRandom } from '../../../learner/src/stats/random.ts';
import type { Gate } from './gate.ts';
import { mean, RunMeter } from './run-meter.ts';

const HELD_IN_MIN = 0.05;
const HELD_OUT_MIN = -0.01;

/**
 * Like ax's `evolve()`: cases in two halves, one run of each, candidates in the order of the list against the rules kept
 * so far. Kept if the held-in mean rises by at least 5 points and the held-out mean falls by no more than 1.
 */
export const axEvolveGate: Gate = {
  name: 'ax-evolve-like',
  liftScope: 'all',
  promote: async (input, runsBudget) => {
    const meter = new RunMeter(input, runsBudget);
    const cases = createRandom(`${input.seed} halves`).shuffle(input.cases);
    const half = Math.ceil(cases.length / 2);
    const lifts = new Map<string, number>();
    let kept = [...input.incumbents];
    let best = await meter.runAll(cases, kept);
    for (const candidate of input.candidates) {
      const scores = await meter.runAll(cases, [...kept, candidate]);
      if (best === undefined || scores === undefined) break;
      const heldIn = mean(scores.slice(0, half)) - mean(best.slice(0, half));
      const heldOut = mean(scores.slice(half)) - mean(best.slice(half));
      if (heldIn < HELD_IN_MIN || heldOut < HELD_OUT_MIN) continue;
      lifts.set(candidate.id, mean(scores) - mean(best));
      kept = [...kept, candidate];
      best = scores;
    }
    return { promoted: [...lifts.keys()], runs: meter.used, lifts };
  },
};

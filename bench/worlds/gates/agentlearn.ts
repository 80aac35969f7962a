import { welchTest } from '../../../learner/src/stats/welch.ts';
import type { Gate } from './gate.ts';
import { mean, RunMeter } from './run-meter.ts';

const IMPROVEMENT_MIN = 0.05;
const CONFIDENCE_MIN = 0.8;

/**
 * agentlearn 0.5.0's statistical validator: every candidate alone against the rules in force, one run of every case on both
 * sides, each candidate with baselines of its own. Kept if the mean rises by more than 5 points, not one case scores lower,
 * and the confidence is at least 80 %.
 */
function agentlearn(
  name: string,
  confidence: (baseline: readonly number[], treated: readonly number[]) => number,
): Gate {
  return {
    name,
    liftScope: 'all',
    promote: async (input, runsBudget) => {
      const meter = new RunMeter(input, runsBudget);
      const lifts = new Map<string, number>();
      for (const candidate of input.candidates) {
        const baseline = await meter.runAll(input.cases, input.incumbents);
        const treated = await meter.runAll(input.cases, [...input.incumbents, candidate]);
        if (baseline === undefined || treated === undefined) break;
        const gain = mean(treated) - mean(baseline);
        const regressions = treated.filter((score, index) => score < (baseline[index] ?? 0)).length;
        if (gain > IMPROVEMENT_MIN && regressions === 0 && confidence(baseline, treated) >= CONFIDENCE_MIN)
          lifts.set(candidate.id, gain);
      }
      return { promoted: [...lifts.keys()], runs: meter.used, lifts };
    },
  };
}

/** Its own approximation of the t distribution by a logistic curve: "80 %" is reached late. */
function logisticConfidence(baseline: readonly number[], treated: readonly number[]): number {
  const { t, df } = welchTest(baseline, treated);
  if (!Number.isFinite(t)) return t > 0 ? 1 : 0;
  if (t === 0) return 0.5;
  return 1 / (1 + Math.exp(-Math.sqrt(2 / Math.PI) * (1 + 1 / (4 * Math.max(df, 1))) * t));
}

export const agentlearnAsCoded: Gate = agentlearn('agentlearn as coded', logisticConfidence);

/** What its documentation says: 80 % by Welch's test. */
export const agentlearnAsDocumented: Gate = agentlearn(
  'agentlearn as documented',
  (baseline, treated) => 1 - welchTest(baseline, treated).greater,
);

import { PASS_SCORE_MIN } from '@tracelore/sdk/contract';
import { bootstrapMeanInterval } from '../stats/bootstrap.ts';
import { createRandom } from '../stats/random.ts';
import type { EvalResult, EvalRun } from './eval-run.ts';

/** One case that two evaluations judged differently. */
export interface ChangedCase {
  readonly caseId: string;
  readonly task: string;
  readonly baseline: number;
  readonly treatment: number;
}

/** Two evaluations, case by case. Differences are treatment minus baseline, in score units. */
export interface EvalComparison {
  readonly baseline: EvalRun;
  readonly treatment: EvalRun;
  /** Cases that both judged; the difference is about these only. */
  readonly pairs: number;
  /** Cases that only one of them judged. */
  readonly unpaired: number;
  readonly scoreDelta: number | null;
  /** Paired bootstrap, 95 %; valid for one look at two finished evaluations. */
  readonly interval: readonly [number, number] | null;
  /** Passed before, fails now. */
  readonly regressions: readonly ChangedCase[];
  /** Failed before, passes now. */
  readonly improvements: readonly ChangedCase[];
}

/** Pairs results by case. Deterministic: the resamples come from the two ids. */
export function compareRuns(
  baseline: { readonly run: EvalRun; readonly results: readonly EvalResult[] },
  treatment: { readonly run: EvalRun; readonly results: readonly EvalResult[] },
  taskOf: (caseId: string) => string,
): EvalComparison {
  const before = scores(baseline.results);
  const after = scores(treatment.results);
  const pairs = [...before].flatMap(([caseId, score]): ChangedCase[] => {
    const other = after.get(caseId);
    return other === undefined ? [] : [{ caseId, task: taskOf(caseId), baseline: score, treatment: other }];
  });
  const differences = pairs.map((pair) => pair.treatment - pair.baseline);
  const random = createRandom(`${baseline.run.id}:${treatment.run.id}`);
  return {
    baseline: baseline.run,
    treatment: treatment.run,
    pairs: pairs.length,
    unpaired: before.size + after.size - 2 * pairs.length,
    scoreDelta: pairs.length === 0 ? null : differences.reduce((sum, value) => sum + value, 0) / pairs.length,
    interval: bootstrapMeanInterval(differences, random),
    regressions: pairs.filter((pair) => isPass(pair.baseline) && !isPass(pair.treatment)),
    improvements: pairs.filter((pair) => !isPass(pair.baseline) && isPass(pair.treatment)),
  };
}

function scores(results: readonly EvalResult[]): Map<string, number> {
  return new Map(results.flatMap(({ caseId, score }) => (score === null ? [] : [[caseId, score] as const])));
}

function isPass(score: number): boolean {
  return score >= PASS_SCORE_MIN;
}

import type { EvalCase } from '../evals/eval-case.ts';
import type { EvalComparison as StoredComparison } from '../evals/compare-runs.ts';
import type { EvalResult as StoredResult, EvalRun } from '../evals/eval-run.ts';

/** A score from here on passes, unless told otherwise. */
export const PASS_THRESHOLD = 0.7;

/** Result of one case. */
export interface EvalResult {
  readonly evalId: string;
  readonly taskInput: string;
  readonly expectedOutput: string | null;
  readonly agentOutput: string;
  /** In [0, 1]; `null` = nobody could judge it. */
  readonly score: number | null;
  readonly passed: boolean;
  readonly tags: readonly string[];
  readonly durationSeconds: number;
  /** What the agent threw, or why there is no score. */
  readonly error: string | null;
}

export interface TagStats {
  readonly total: number;
  readonly passed: number;
  readonly accuracy: number;
  readonly avgScore: number;
}

/** An evaluation. Accuracy and averages are over the cases that were judged; 0 without any. */
export interface EvalRunReport {
  readonly runId: string;
  readonly name: string;
  readonly createdAt: string;
  readonly totalCases: number;
  readonly passed: number;
  readonly failed: number;
  /** The agent threw: their score is 0. */
  readonly errored: number;
  /** Nobody could judge them. */
  readonly unjudged: number;
  readonly accuracy: number;
  readonly avgScore: number;
  readonly minScore: number;
  readonly maxScore: number;
  readonly durationSeconds: number;
  readonly tagStats: Readonly<Record<string, TagStats>>;
  readonly results: readonly EvalResult[];
  readonly passThreshold: number;
  readonly signalSource: string;
}

export function evalRunReport(
  run: EvalRun & { readonly results: readonly StoredResult[] },
  cases: readonly EvalCase[],
  {
    passThreshold = PASS_THRESHOLD,
    signalSource = '',
  }: { readonly passThreshold?: number; readonly signalSource?: string } = {},
): EvalRunReport {
  const byId = new Map(cases.map((one) => [one.id, one]));
  const results = run.results.map((result) => evalResult(result, byId.get(result.caseId), passThreshold));
  const judged = results.filter(({ score }) => score !== null);
  const errored = judged.filter(({ error }) => error !== null).length;
  const { total, passed, accuracy, avgScore } = statsOf(judged);
  const scores = scoresOf(judged);
  const tags = [...new Set(judged.flatMap((result) => result.tags))].sort();
  return {
    runId: run.id,
    name: run.name,
    createdAt: run.startedAt,
    totalCases: results.length,
    passed,
    failed: total - passed - errored,
    errored,
    unjudged: results.length - total,
    accuracy,
    avgScore,
    minScore: scores.length === 0 ? 0 : Math.min(...scores),
    maxScore: scores.length === 0 ? 0 : Math.max(...scores),
    durationSeconds:
      run.finishedAt === null ? 0 : (Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1_000,
    tagStats: Object.fromEntries(
      tags.map((tag) => [tag, statsOf(judged.filter((result) => result.tags.includes(tag)))]),
    ),
    results,
    passThreshold,
    signalSource,
  };
}

function evalResult(result: StoredResult, evalCase: EvalCase | undefined, passThreshold: number): EvalResult {
  const { score, error, reason } = result;
  return {
    evalId: result.caseId,
    taskInput: evalCase?.task ?? '',
    expectedOutput: evalCase === undefined || evalCase.expected === '' ? null : evalCase.expected,
    agentOutput: result.output,
    score,
    passed: score !== null && error === '' && score >= passThreshold,
    tags: evalCase?.tags ?? [],
    durationSeconds: result.durationMs / 1_000,
    error: error !== '' ? error : score === null ? reason : null,
  };
}

function scoresOf(results: readonly EvalResult[]): number[] {
  return results.flatMap(({ score }) => score ?? []);
}

function statsOf(judged: readonly EvalResult[]): TagStats {
  const total = judged.length;
  const passed = judged.filter((result) => result.passed).length;
  const sum = scoresOf(judged).reduce((all, score) => all + score, 0);
  return {
    total,
    passed,
    accuracy: total === 0 ? 0 : passed / total,
    avgScore: total === 0 ? 0 : sum / total,
  };
}

/** A case that two evaluations scored differently. */
export interface ScoreChange {
  readonly taskInput: string;
  readonly baselineScore: number;
  readonly treatmentScore: number;
  readonly delta: number;
}

/** Two evaluations, case by case; differences are treatment minus baseline. */
export interface EvalComparison {
  readonly baselineRunId: string;
  readonly treatmentRunId: string;
  readonly baselineAccuracy: number;
  readonly treatmentAccuracy: number;
  readonly baselineAvgScore: number;
  readonly treatmentAvgScore: number;
  readonly accuracyDelta: number;
  readonly scoreDelta: number;
  /** Of the score difference on cases that both judged, 95 %; `null` without any. */
  readonly interval: readonly [number, number] | null;
  readonly regressions: readonly ScoreChange[];
  readonly improvements: readonly ScoreChange[];
}

export function evalComparison(
  baseline: EvalRunReport,
  treatment: EvalRunReport,
  { interval }: Pick<StoredComparison, 'interval'>,
): EvalComparison {
  const after = new Map(treatment.results.map((result) => [result.evalId, result.score]));
  const changes = baseline.results.flatMap(({ evalId, taskInput, score }): ScoreChange[] => {
    const other = after.get(evalId) ?? null;
    if (score === null || other === null) return [];
    return [{ taskInput, baselineScore: score, treatmentScore: other, delta: other - score }];
  });
  return {
    baselineRunId: baseline.runId,
    treatmentRunId: treatment.runId,
    baselineAccuracy: baseline.accuracy,
    treatmentAccuracy: treatment.accuracy,
    baselineAvgScore: baseline.avgScore,
    treatmentAvgScore: treatment.avgScore,
    accuracyDelta: treatment.accuracy - baseline.accuracy,
    scoreDelta: treatment.avgScore - baseline.avgScore,
    interval,
    regressions: changes.filter(({ delta }) => delta < 0),
    improvements: changes.filter(({ delta }) => delta > 0),
  };
}

/** Runs that each side needs before something is said about how long they take or what they cost. */
export const RUNS_COMPARED_MIN = 20;

/** A judged run of the agent. */
export interface JudgedRun {
  readonly trialId: string;
  readonly durationMs: number;
}

/** Judged runs with and without a contender. Plain data. */
export interface ComparedRuns {
  readonly with: JudgedRun[];
  readonly without: JudgedRun[];
}

/** What trials cost, USD, by trial id; those of which it is not known are absent. */
export type RunCosts = ReadonlyMap<string, number>;

/** Mean cost of a run with the rule minus that without it, USD; `null` below {@link RUNS_COMPARED_MIN} known ones on a side. */
export function costAdded(runs: ComparedRuns, costs: RunCosts): number | null {
  const known = (side: ComparedRuns['with']): number[] =>
    side.flatMap(({ trialId }) => costs.get(trialId) ?? []);
  const [treated, plain] = [known(runs.with), known(runs.without)];
  if (Math.min(treated.length, plain.length) < RUNS_COMPARED_MIN) return null;
  return mean(treated) - mean(plain);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

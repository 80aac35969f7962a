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

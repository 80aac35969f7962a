/** Timed runs that each side needs before a 95th percentile is said. */
export const TIMED_RUNS_MIN = 20;
const PERCENTILE = 0.95;

/** How long judged runs took with and without a contender, ms. Plain data. */
export interface Durations {
  readonly with: number[];
  readonly without: number[];
}

/** 95th percentile with the rule minus that without it, ms; `null` below {@link TIMED_RUNS_MIN} runs on either side. */
export function latencyAdded(durations: Durations): number | null {
  if (Math.min(durations.with.length, durations.without.length) < TIMED_RUNS_MIN) return null;
  return percentile(durations.with) - percentile(durations.without);
}

function percentile(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(PERCENTILE * sorted.length) - 1] ?? 0;
}

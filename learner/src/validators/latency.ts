import { RUNS_COMPARED_MIN, type ComparedRuns } from './compared-runs.ts';

const PERCENTILE = 0.95;

/** 95th percentile with the rule minus that without it, ms; `null` below {@link RUNS_COMPARED_MIN} runs on either side. */
export function latencyAdded(runs: ComparedRuns): number | null {
  if (Math.min(runs.with.length, runs.without.length) < RUNS_COMPARED_MIN) return null;
  return percentile(runs.with) - percentile(runs.without);
}

function percentile(runs: ComparedRuns['with']): number {
  const sorted = runs.map(({ durationMs }) => durationMs).toSorted((a, b) => a - b);
  return sorted[Math.ceil(PERCENTILE * sorted.length) - 1] ?? 0;
}

import { createRandom } from '../world/random.ts';

export type Interval = readonly [low: number, high: number];

const RESAMPLES = 4_000;
/** Two-sided 95 %. */
const TAIL = 0.025;

/**
 * 95 % percentile bootstrap interval of a mean over tasks. Give each task's mean over its runs; for a paired comparison
 * give each task's difference. Tasks are resampled, not runs: runs of one task are alike.
 */
export function bootstrapInterval(perTask: readonly number[], seed: number): Interval {
  if (perTask.length === 0) throw new Error('an interval needs at least one task');
  const random = createRandom('bootstrap', seed);
  const means = Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let draw = 0; draw < perTask.length; draw += 1) sum += perTask[random.integer(perTask.length)] ?? 0;
    return sum / perTask.length;
  }).sort((a, b) => a - b);
  const at = (share: number): number => means[Math.round(share * (RESAMPLES - 1))] ?? 0;
  return [at(TAIL), at(1 - TAIL)];
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

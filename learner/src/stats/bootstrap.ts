import type { Random } from './random.ts';

const RESAMPLES = 2_000;

/**
 * Percentile bootstrap interval for the mean of paired differences. A fixed-sample interval for comparing two finished
 * eval runs; not valid under repeated looks.
 *
 * @param differences one per case, score units
 * @param random decides the resamples: same seed, same interval
 * @returns [lower, upper], or null without differences
 */
export function bootstrapMeanInterval(
  differences: readonly number[],
  random: Random,
  options: { readonly confidence?: number; readonly resamples?: number } = {},
): readonly [number, number] | null {
  const n = differences.length;
  if (n === 0) return null;
  const resamples = options.resamples ?? RESAMPLES;
  const means = Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let i = 0; i < n; i += 1) sum += differences[random.integer(n)] ?? 0;
    return sum / n;
  }).sort((a, b) => a - b);
  const tail = (1 - (options.confidence ?? 0.95)) / 2;
  const at = (quantile: number): number =>
    means[Math.min(resamples - 1, Math.max(0, Math.floor(quantile * resamples)))] ?? 0;
  return [at(tail), at(1 - tail)];
}

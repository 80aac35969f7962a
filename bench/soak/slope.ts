/** A straight line through measurements: how much they grow per unit of x, and between which bounds (95 %). */
export interface Slope {
  readonly perUnit: number;
  readonly low: number;
  readonly high: number;
}

/** Two-sided 95 % quantiles of Student's t by degrees of freedom, from 1; beyond the last one the normal's. */
const T_95 = [
  12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.1,
  2.09, 2.09,
];
const NORMAL_95 = 1.96;

/**
 * Least squares. The interval assumes errors that are independent of each other: give it means of minutes, not every sample.
 * Fewer than three points say nothing: the bounds are then infinite.
 */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): Slope {
  const count = points.length;
  const mean = (of: 0 | 1): number => points.reduce((sum, point) => sum + point[of], 0) / count;
  const [meanX, meanY] = [mean(0), mean(1)];
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const perUnit = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
  const freedom = count - 2;
  if (freedom < 1) return { perUnit, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const residue = points.reduce((sum, [x, y]) => sum + (y - meanY - perUnit * (x - meanX)) ** 2, 0);
  const error = (T_95[freedom - 1] ?? NORMAL_95) * Math.sqrt(residue / freedom / spread);
  return { perUnit, low: perUnit - error, high: perUnit + error };
}

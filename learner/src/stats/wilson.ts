/** Two-sided 95 %. */
export const Z_95 = 1.959963984540054;

/** Wilson score interval of a proportion; [0, 1] without observations. */
export function wilsonInterval(successes: number, n: number, z: number = Z_95): readonly [number, number] {
  if (n === 0) return [0, 1];
  const share = successes / n;
  const square = (z * z) / n;
  const centre = share + square / 2;
  const half = z * Math.sqrt((share * (1 - share)) / n + square / (4 * n));
  // At the edges the exact bound is 0 or 1; rounding must not move it.
  const lower = successes === 0 ? 0 : (centre - half) / (1 + square);
  const upper = successes === n ? 1 : (centre + half) / (1 + square);
  return [lower, upper];
}

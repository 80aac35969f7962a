/**
 * Lift to show before a confirmation batch exists: raw means at promotion are too high (winner's curse).
 * `τ̂·(1 − s²/(s²+τ̂²))`.
 *
 * @param mean raw mean difference, score units
 * @param squaredError squared standard error of that mean
 */
export function shrunkenLift(mean: number, squaredError: number): number {
  const total = squaredError + mean * mean;
  return total === 0 ? 0 : mean * (1 - squaredError / total);
}

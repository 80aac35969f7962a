const RESCALE_ABOVE = 1e280;

/**
 * Exact binomial McNemar p-values on discordant pairs. A fixed-sample test for reports and comparisons: not valid under
 * repeated looks, so never used to decide.
 *
 * @returns `greater` tests P(gain) > P(loss); `twoSided` = min(1, 2·smaller tail). Both 1 without discordant pairs.
 */
export function mcnemarExactP(gains: number, losses: number): { greater: number; twoSided: number } {
  const greater = upperTail(gains, losses);
  return { greater, twoSided: Math.min(1, 2 * Math.min(greater, upperTail(losses, gains))) };
}

/** P(at least `most` heads in most + rest fair tosses). */
function upperTail(most: number, rest: number): number {
  const n = most + rest;
  let term = 1;
  let sum = 1;
  let logScale = 0;
  for (let k = n; k > most; k -= 1) {
    term *= k / (n - k + 1);
    sum += term;
    if (sum > RESCALE_ABOVE) {
      sum /= RESCALE_ABOVE;
      term /= RESCALE_ABOVE;
      logScale += Math.log(RESCALE_ABOVE);
    }
  }
  // While powers of two are exact in doubles, so is the result.
  if (logScale === 0 && n < 1_000) return sum * 2 ** -n;
  return Math.min(1, Math.exp(Math.log(sum) + logScale - n * Math.LN2));
}

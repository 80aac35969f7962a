/** Keeps the running sum of {@link mcnemarLogE} inside the double range. */
const RESCALE_ABOVE = 1e280;
const RESCALE_LOG = 280 * Math.LN10;
/** A term this far below the sum no longer changes it. */
const NEGLIGIBLE_TERM = 1e-18;

/**
 * Log of the closed-form McNemar betting e-process for binary pairs (without the rule, with the rule).
 *
 * H0: P(gain) ≤ P(loss). The bet is the mixture q ~ Beta(2,1) restricted to (½,1) against a fair coin:
 * `E(b,c) = 2/(3(c+1)) · Σ_{k=0}^{b+1} C(N,k)/C(N,b+1)`, N = b+c+2; every term is positive, so nothing cancels.
 * Under H0, P(sup E ≥ 1/a) ≤ a for any stopping rule (Ville); 1/E is an anytime-valid p-value.
 * Source: testing by betting, arXiv 1903.06991 and 2210.01948.
 *
 * @param gains pairs that fail without and pass with the rule, integer ≥ 0
 * @param losses pairs that pass without and fail with the rule, integer ≥ 0
 * @returns natural log of E; 0 without discordant pairs
 * @throws RangeError on anything but non-negative integers
 */
export function mcnemarLogE(gains: number, losses: number): number {
  requireCount('gains', gains);
  requireCount('losses', losses);
  const n = gains + losses + 2;
  let term = 1;
  let sum = 1;
  let shift = 0;
  for (let k = gains + 1; k >= 1; k -= 1) {
    term *= k / (n - k + 1);
    sum += term;
    if (sum > RESCALE_ABOVE) {
      sum /= RESCALE_ABOVE;
      term /= RESCALE_ABOVE;
      shift += RESCALE_LOG;
    }
    // Terms grow towards the middle of the binomial row and only shrink below it.
    if (k < (n + 1) / 2 && term < NEGLIGIBLE_TERM * sum) break;
  }
  return Math.log(2 / (3 * (losses + 1))) + Math.log(sum) + shift;
}

function requireCount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`${name}: expected an integer of at least 0, got ${value}`);
}

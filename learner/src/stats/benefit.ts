import { bet, bettingLogE, startBetting, type Betting } from './betting.ts';
import { mcnemarLogE } from './mcnemar-e.ts';

/** Evidence that a rule helps (mean difference > 0): plain data. */
export interface Benefit {
  /** True while every difference was -1, 0 or 1 and the sharper closed form applies. */
  readonly binary: boolean;
  readonly gains: number;
  readonly losses: number;
  /** Log evidence collected before the first graded difference. */
  readonly logBefore: number;
  /** Takes over with the first graded difference. */
  readonly graded: Betting;
}

/**
 * A process before its first pair.
 *
 * @param binary start with the closed-form McNemar process; right when scores are pass/fail with one baseline run per
 *   pair. A graded score is still handled: see {@link observeBenefit}.
 */
export function startBenefit(binary: boolean): Benefit {
  return { binary, gains: 0, losses: 0, logBefore: 0, graded: startBetting(0, 1) };
}

/**
 * Adds one difference in [-1, 1].
 *
 * The closed form is the mixture of `Π (1 + λ·D)` over λ = 2q − 1, so its next predictable bet is
 * `1 + λ = E(b+1,c)/E(b,c)`. The first graded difference is bet on at that λ, and the discrete mixture continues from
 * there: a product of e-processes over disjoint times is an e-process, so switching costs no validity.
 */
export function observeBenefit(benefit: Benefit, d: number): Benefit {
  if (!benefit.binary) return { ...benefit, graded: bet(benefit.graded, d) };
  if (d === 1) return { ...benefit, gains: benefit.gains + 1 };
  if (d === -1) return { ...benefit, losses: benefit.losses + 1 };
  if (d === 0) return benefit;
  if (!(d > -1 && d < 1)) throw new RangeError(`difference: expected a number in [-1, 1], got ${d}`);
  const now = mcnemarLogE(benefit.gains, benefit.losses);
  const stake = Math.expm1(mcnemarLogE(benefit.gains + 1, benefit.losses) - now);
  return { ...benefit, binary: false, logBefore: now + Math.log1p(stake * d) };
}

/** Natural log of E against "the rule does not help". */
export function benefitLogE(benefit: Benefit): number {
  if (benefit.binary) return mcnemarLogE(benefit.gains, benefit.losses);
  return benefit.logBefore + bettingLogE(benefit.graded);
}

import { logBeta } from './log-beta.ts';

/** Concentration of the alternative around the logged propensity. */
const CONCENTRATION = 100;

/**
 * Log of the sample-ratio e-process for one stratum of constant propensity: large when the share of injected units
 * differs from π, which means that assignment or logging is broken.
 * `lnB(κπ+n1, κ(1−π)+n0) − lnB(κπ, κ(1−π)) − n1·lnπ − n0·ln(1−π)`. Source: Lindon & Malek, arXiv 2011.03567.
 *
 * @param injected units that got the rule, n1
 * @param withheld units that did not, n0
 * @param propensity π, in (0, 1)
 */
export function sampleRatioLogE(
  injected: number,
  withheld: number,
  propensity: number,
  concentration: number = CONCENTRATION,
): number {
  if (!(propensity > 0 && propensity < 1))
    throw new RangeError(`propensity: expected a number in (0, 1), got ${propensity}`);
  const a = concentration * propensity;
  const b = concentration * (1 - propensity);
  return (
    logBeta(a + injected, b + withheld) -
    logBeta(a, b) -
    injected * Math.log(propensity) -
    withheld * Math.log(1 - propensity)
  );
}

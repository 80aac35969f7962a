import { bet, bettingLogE, startBetting, type Direction } from '../stats/betting.ts';
import type { ArmTally, Stratum } from './stratum.ts';

/** Weights of rare arms are limited as if the propensity were no nearer to 0 or 1 than this. */
const PROPENSITY_FLOOR = 0.05;
/** Width at which the search for a bound stops, score units. */
const RESOLUTION = 1e-4;

/** What a rule changes, in score units: outcome with it minus outcome without it. */
export interface Lift {
  readonly estimate: number;
  /** Confidence sequence: covers at every look together. */
  readonly low: number;
  readonly high: number;
}

/**
 * Weighted mean outcome of an arm over all propensities (Hájek); `null` without outcomes. At one propensity it is the
 * plain mean.
 */
export function meanOutcome(strata: readonly Stratum[], arm: 'injected' | 'withheld'): number | null {
  let [sum, weight] = [0, 0];
  for (const stratum of strata) {
    const share = arm === 'injected' ? stratum.propensity : 1 - stratum.propensity;
    const each = 1 / Math.min(1 - PROPENSITY_FLOOR, Math.max(PROPENSITY_FLOOR, share));
    const tally: ArmTally = stratum[arm];
    sum += each * tally.sum;
    weight += each * tally.units;
  }
  return weight === 0 ? null : sum / weight;
}

/** Estimate with its interval at error level `alpha`; `null` while an arm has no outcome. */
export function liftOf(strata: readonly Stratum[], alpha: number): Lift | null {
  const injected = meanOutcome(strata, 'injected');
  const withheld = meanOutcome(strata, 'withheld');
  if (injected === null || withheld === null) return null;
  return {
    estimate: injected - withheld,
    low: bound(strata, 1, alpha),
    high: -bound(strata, -1, alpha),
  };
}

/**
 * Largest lift (times the direction) that is refuted. E[G] = min(π, 1−π)·lift, so each hypothetical lift gives every
 * stratum its own null mean; evidence against it falls as it grows.
 */
function bound(strata: readonly Stratum[], direction: Direction, alpha: number): number {
  const target = Math.log(2 / alpha);
  const logE = (lift: number): number => {
    let process = startBetting(0, direction);
    for (const { propensity, increments } of strata) {
      const m0 = Math.min(propensity, 1 - propensity) * direction * lift;
      for (const [g, units] of increments) process = bet({ ...process, m0 }, g, units);
    }
    return bettingLogE(process);
  };
  let low = -1;
  if (logE(low) <= target) return low;
  let high = 1;
  while (high - low > RESOLUTION) {
    const middle = (low + high) / 2;
    if (logE(middle) > target) low = middle;
    else high = middle;
  }
  return low;
}

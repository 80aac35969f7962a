/** Propensities nearer to 0 or 1 than this are treated as this, so that one unit cannot dominate. */
const PROPENSITY_FLOOR = 0.05;

/** A closed unit for which a rule was eligible. */
export interface LoggedUnit {
  readonly injected: boolean;
  /** Logged probability of injection. */
  readonly propensity: number;
  /** Outcome in [0, 1]. */
  readonly outcome: number;
}

/** Hájek estimate of the lift: inverse-propensity weighted means with and without the rule. Null if an arm is empty. */
export function hajekLift(units: readonly LoggedUnit[]): number | null {
  return lift(units, (unit) => {
    const propensity = Math.min(1 - PROPENSITY_FLOOR, Math.max(PROPENSITY_FLOOR, unit.propensity));
    return 1 / (unit.injected ? propensity : 1 - propensity);
  });
}

/** Plain difference of means; unbiased at constant propensity. Null if an arm is empty. */
export function differenceInMeans(units: readonly LoggedUnit[]): number | null {
  return lift(units, () => 1);
}

function lift(units: readonly LoggedUnit[], weight: (unit: LoggedUnit) => number): number | null {
  const arms = { with: { sum: 0, weight: 0 }, without: { sum: 0, weight: 0 } };
  for (const unit of units) {
    const arm = unit.injected ? arms.with : arms.without;
    const w = weight(unit);
    arm.sum += w * unit.outcome;
    arm.weight += w;
  }
  if (arms.with.weight === 0 || arms.without.weight === 0) return null;
  return arms.with.sum / arms.with.weight - arms.without.sum / arms.without.weight;
}

import { onlineIncrement } from '../stats/online-increment.ts';
import { sampleRatioLogE } from '../stats/sample-ratio.ts';

/** One closed unit of a rule: what the coin gave it and how it ended. */
export interface ClosedUnit {
  /** Z: the rule was in the answer. */
  readonly injected: boolean;
  /** π: probability of that, in (0, 1). */
  readonly propensity: number;
  /** In [0, 1]; `null` = none came within the window. */
  readonly outcome: number | null;
}

/** Units of one arm at one propensity. */
export interface ArmTally {
  /** Units with an outcome, and the sum of their outcomes. */
  readonly units: number;
  readonly sum: number;
  readonly missing: number;
}

/** Everything counted at one propensity: plain data. */
export interface Stratum {
  readonly propensity: number;
  readonly injected: ArmTally;
  readonly withheld: ArmTally;
  /** Increments with a coarse prediction as [value, units]: what the interval needs, in little space. */
  readonly increments: readonly (readonly [number, number])[];
}

const EMPTY: ArmTally = { units: 0, sum: 0, missing: 0 };
/** Predictions are rounded to this for the interval. Any prediction from the past is valid; coarse ones repeat. */
const PREDICTION_STEPS = 20;
/** Distinct increments kept; graded outcomes make more. Past it the interval stops using new units. */
const INCREMENTS_MAX = 2_000;

/** Adds a unit to the stratum of its propensity. `prediction` from earlier units only. */
export function countUnit(
  strata: readonly Stratum[],
  unit: ClosedUnit,
  prediction: number,
): readonly Stratum[] {
  const { propensity } = unit;
  const known = strata.find((stratum) => stratum.propensity === propensity);
  const before = known ?? { propensity, injected: EMPTY, withheld: EMPTY, increments: [] };
  const arm = unit.injected ? 'injected' : 'withheld';
  const after = {
    ...before,
    [arm]: countOutcome(before[arm], unit.outcome),
    increments: countIncrement(before.increments, unit, prediction),
  };
  return known === undefined
    ? [...strata, after]
    : strata.map((stratum) => (stratum === known ? after : stratum));
}

function countOutcome({ units, sum, missing }: ArmTally, outcome: number | null): ArmTally {
  return outcome === null
    ? { units, sum, missing: missing + 1 }
    : { units: units + 1, sum: sum + outcome, missing };
}

function countIncrement(
  increments: Stratum['increments'],
  { injected, propensity, outcome }: ClosedUnit,
  prediction: number,
): Stratum['increments'] {
  const coarse = Math.round(prediction * PREDICTION_STEPS) / PREDICTION_STEPS;
  const increment = outcome === null ? 0 : onlineIncrement(injected, propensity, outcome, coarse);
  // JSON knows no −0, and a state must be the same before and after it was stored.
  const g = increment === 0 ? 0 : increment;
  const at = increments.findIndex(([value]) => value === g);
  if (at === -1) return increments.length < INCREMENTS_MAX ? [...increments, [g, 1]] : increments;
  return increments.map(([value, units], index) => [value, index === at ? units + 1 : units]);
}

/**
 * Log E that the arms are not split as the coins were: assignment or logging is broken, or outcomes come later in one arm,
 * so that those that are there already cannot be compared. Disjoint strata multiply.
 */
export function splitLogE(strata: readonly Stratum[]): number {
  return ratioLogE(strata, ({ units, missing }) => units + missing);
}

/** Log E that outcomes go missing more often in one arm: then what is left cannot be compared. */
export function missingLogE(strata: readonly Stratum[]): number {
  return ratioLogE(strata, ({ missing }) => missing);
}

function ratioLogE(strata: readonly Stratum[], count: (arm: ArmTally) => number): number {
  return strata.reduce(
    (sum, { propensity, injected, withheld }) =>
      sum + sampleRatioLogE(count(injected), count(withheld), propensity),
    0,
  );
}

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenceInMeans, hajekLift, type LoggedUnit } from '../stats/lift-estimators.ts';
import { createRandom } from '../stats/random.ts';
import { liftOf } from './lift.ts';
import { countUnit, type ClosedUnit, type Stratum } from './stratum.ts';

function strataOf(units: readonly ClosedUnit[], prediction = 0.5): readonly Stratum[] {
  return units.reduce<readonly Stratum[]>((strata, unit) => countUnit(strata, unit, prediction), []);
}

const unit: fc.Arbitrary<LoggedUnit> = fc.record({
  injected: fc.boolean(),
  propensity: fc.constantFrom(0.5, 0.8, 0.9, 0.99),
  outcome: fc.double({ min: 0, max: 1, noNaN: true }),
});

/** Stands for "an arm is empty" where numbers are compared. */
const NO_ESTIMATE = -2;

function estimateOf(units: readonly ClosedUnit[]): number {
  return liftOf(strataOf(units), 0.05)?.estimate ?? NO_ESTIMATE;
}

describe('estimate', () => {
  it('is the Hájek estimate over logged propensities, and the difference of means at one', () => {
    fc.assert(
      fc.property(fc.array(unit, { minLength: 1, maxLength: 60 }), (units) => {
        const same = units.map((each) => ({ ...each, propensity: 0.8 }));
        expect(estimateOf(units)).toBeCloseTo(hajekLift(units) ?? NO_ESTIMATE, 10);
        expect(estimateOf(same)).toBeCloseTo(differenceInMeans(same) ?? NO_ESTIMATE, 10);
      }),
    );
  });

  it('leaves out units without an outcome', () => {
    const units: ClosedUnit[] = [
      { injected: true, propensity: 0.5, outcome: 1 },
      { injected: false, propensity: 0.5, outcome: 0.25 },
      { injected: false, propensity: 0.5, outcome: null },
    ];
    expect(liftOf(strataOf(units), 0.05)?.estimate).toBe(0.75);
  });
});

describe('interval', () => {
  /** A stream whose share of injected units changes on the way, as stages do. */
  function stream(seed: string, units: number, withRule: number, without: number): ClosedUnit[] {
    const random = createRandom(seed);
    return Array.from({ length: units }, (_, at) => {
      const propensity = at < 200 ? 0.5 : 0.8;
      const injected = random.next() < propensity;
      return { injected, propensity, outcome: Number(random.next() < (injected ? withRule : without)) };
    });
  }

  it('narrows around the true lift', () => {
    const lift = liftOf(strataOf(stream('narrow', 3_000, 0.7, 0.5)), 0.05);
    expect(lift?.low).toBeGreaterThan(0.05);
    expect(lift?.high).toBeLessThan(0.35);
    expect(lift?.low).toBeLessThan(0.2);
    expect(lift?.high).toBeGreaterThan(0.2);
  });

  it('covers at every look in nearly all streams', () => {
    const looks = new Set([25, 50, 100, 200, 300, 400]);
    let missed = 0;
    for (let seed = 0; seed < 120; seed += 1) {
      let strata: readonly Stratum[] = [];
      const isCovered = stream(`cover ${seed}`, 400, 0.6, 0.5).every((each, at) => {
        strata = countUnit(strata, each, 0.5);
        const lift = looks.has(at + 1) ? liftOf(strata, 0.05) : null;
        return lift === null || (lift.low <= 0.1 && lift.high >= 0.1);
      });
      if (!isCovered) missed += 1;
    }
    expect(missed).toBeLessThanOrEqual(6);
  });

  it('says nothing without evidence', () => {
    const strata = strataOf([
      { injected: true, propensity: 0.5, outcome: 1 },
      { injected: false, propensity: 0.5, outcome: 0 },
    ]);
    expect(liftOf(strata, 0.05)).toMatchObject({ estimate: 1, low: -1, high: 1 });
  });
});

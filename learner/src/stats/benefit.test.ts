import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { benefitLogE, observeBenefit, startBenefit, type Benefit } from './benefit.ts';
import { bettingLogEOf } from './betting.ts';
import { mcnemarLogE } from './mcnemar-e.ts';

function after(binary: boolean, differences: readonly number[]): Benefit {
  return differences.reduce(observeBenefit, startBenefit(binary));
}

describe('benefit', () => {
  it('is the closed form on pass/fail pairs and the discrete mixture on graded ones', () => {
    expect(benefitLogE(after(true, [1, 0, 1, -1, 1]))).toBe(mcnemarLogE(3, 1));
    expect(benefitLogE(after(false, [1, 0.5, -0.5]))).toBeCloseTo(bettingLogEOf([1, 0.5, -0.5], 0, 1), 12);
  });

  it('stays fair when graded scores appear: expected factor 1 under any mean-zero two-point law', () => {
    const past = fc.array(fc.constantFrom(1, 0, -1), { maxLength: 30 });
    const size = fc.double({ min: 0.01, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(past, size, size, (differences, up, down) => {
        const here = after(true, differences);
        const gain = Math.exp(benefitLogE(observeBenefit(here, up)) - benefitLogE(here));
        const loss = Math.exp(benefitLogE(observeBenefit(here, -down)) - benefitLogE(here));
        expect((down * gain + up * loss) / (up + down)).toBeCloseTo(1, 9);
      }),
    );
  });

  it('keeps the evidence from before the switch', () => {
    const switched = after(true, [1, 1, 1, 1, 1, 0.5, 0.5]);
    expect(switched.binary).toBe(false);
    expect(benefitLogE(switched)).toBeGreaterThan(mcnemarLogE(5, 0));
    expect(() => observeBenefit(startBenefit(true), 2)).toThrow(RangeError);
  });
});

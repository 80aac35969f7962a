import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { eBh } from './e-bh.ts';
import { eBonferroni, eBonferroniLogThreshold } from './e-bonferroni.ts';

it('asks for K/α, more in later periods and for lighter candidates', () => {
  expect(eBonferroniLogThreshold(0.05, 1 / 20)).toBeCloseTo(Math.log(400), 12);
  const logE = Math.log(401);
  expect(eBonferroni([{ logE }, { logE, alpha: 0.025 }, { logE, eligible: false }], 0.05, 20)).toEqual([0]);
  expect(eBonferroni([{ logE: Math.log(201), weight: 0.1 }], 0.05, 20)).toEqual([0]);
});

it('promotes a subset of what e-BH promotes', () => {
  const members = fc.array(
    fc.record({ logE: fc.double({ min: -5, max: 12, noNaN: true }), eligible: fc.boolean() }),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(members, (family) => {
      const wide = eBh(family, 0.05);
      expect(eBonferroni(family, 0.05).every((index) => wide.includes(index))).toBe(true);
    }),
  );
});

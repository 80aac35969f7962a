import { expect, it } from 'vitest';
import { incompleteBeta } from './incomplete-beta.ts';
import { logBeta, logGamma } from './log-beta.ts';
import { mcnemarExactP } from './mcnemar-exact.ts';
import { normalCdf } from './normal.ts';
import { welchTest } from './welch.ts';

it('normal distribution: centre, tails and the seam between series and fraction', () => {
  expect(normalCdf(0)).toBe(0.5);
  expect(normalCdf(1.959963984540054)).toBeCloseTo(0.975, 14);
  expect(normalCdf(-6) / 9.865876450376981e-10).toBeCloseTo(1, 9);
  expect(normalCdf(3 - 1e-12)).toBeCloseTo(normalCdf(3 + 1e-12), 11);
  expect([normalCdf(-Infinity), normalCdf(Infinity)]).toEqual([0, 1]);
});

it('gamma and beta functions', () => {
  expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 13);
  expect(logGamma(11)).toBeCloseTo(Math.log(3_628_800), 12);
  expect(logBeta(2, 3)).toBeCloseTo(-Math.log(12), 13);
  expect(() => logGamma(0)).toThrow('logGamma');
  // I_x(2, 3) = 6x² − 8x³ + 3x⁴
  expect(incompleteBeta(0.3, 2, 3)).toBeCloseTo(6 * 0.09 - 8 * 0.027 + 3 * 0.0081, 14);
  expect([incompleteBeta(0, 2, 3), incompleteBeta(1, 2, 3)]).toEqual([0, 1]);
});

it('exact McNemar test beyond the double range of 2^-n', () => {
  const { greater, twoSided } = mcnemarExactP(1_000, 1_000);
  expect(greater).toBeGreaterThan(0.5);
  expect(greater).toBeLessThan(0.52);
  expect(twoSided).toBe(1);
});

it('Welch test without variance', () => {
  expect(welchTest([1, 1], [1, 1])).toMatchObject({ t: 0, twoSided: 1 });
  expect(welchTest([0, 0], [1, 1])).toMatchObject({ t: Infinity, twoSided: 0, greater: 0 });
  expect(() => welchTest([1], [1, 2])).toThrow('sample a: expected at least 2 values, got 1');
});

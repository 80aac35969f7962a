import { expect, test } from 'vitest';
import { nextWidthMs } from './slice-width.ts';

test('where nothing was found, slices widen tenfold', () => {
  expect(nextWidthMs(60_000, 0, 50)).toBe(600_000);
  expect(nextWidthMs(60_000, 1, 49)).toBe(600_000);
});

test('where much was found, the next slice is as wide as what is missing needs, and a little more', () => {
  // 33 in 1 000 s: 17 more need some 515 s, and 26 are made sure of.
  expect(nextWidthMs(1_000_000, 33, 17)).toBe(Math.ceil((1_000_000 * (18 + 2 * Math.sqrt(17))) / 33));
  expect(nextWidthMs(1_000_000, 49, 1)).toBeLessThan(100_000);
});

test('a slice is never empty', () => {
  expect(nextWidthMs(1, 400, 1)).toBe(1);
});

import { describe, expect, test } from 'vitest';
import { slopeOf } from './slope.ts';

describe('slopeOf', () => {
  test('a line is found exactly', () => {
    const { perUnit, low, high } = slopeOf([0, 1, 2, 3].map((x) => [x, 5 + 2 * x] as const));
    expect([perUnit, low, high].map((value) => value.toFixed(6))).toEqual([
      '2.000000',
      '2.000000',
      '2.000000',
    ]);
  });

  test('the interval of a textbook example', () => {
    const points = [1, 2, 3, 4, 5].map((x, index) => [x, [2, 4, 5, 4, 5][index] ?? 0] as const);
    const { perUnit, low, high } = slopeOf(points);
    // Residual sum of squares 2.4, 3 degrees of freedom, t = 3.18.
    expect(perUnit).toBeCloseTo(0.6);
    expect(high - low).toBeCloseTo(2 * 3.18 * Math.sqrt(2.4 / 3 / 10));
  });

  test('two points say nothing', () => {
    expect(
      slopeOf([
        [0, 1],
        [1, 1],
      ]).high,
    ).toBe(Number.POSITIVE_INFINITY);
  });
});

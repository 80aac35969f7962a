import { expect, test } from 'vitest';
import { slicesOf } from './stale-runs.ts';

test('slices hold what fits into one question, all of it, in order', () => {
  const counts = [
    [100, 5],
    [110, 4],
    [150, 1],
    [160, 1],
    [170, 99],
    [180, 1],
  ] as const;
  expect(slicesOf(counts, 10)).toEqual([
    { from: 100, to: 160, rows: 10 },
    { from: 160, to: 170, rows: 1 },
    { from: 170, to: 180, rows: 99 },
    { from: 180, to: 190, rows: 1 },
  ]);
  expect(slicesOf([])).toEqual([]);
});

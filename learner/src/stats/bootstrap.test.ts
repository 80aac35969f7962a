import { expect, it } from 'vitest';
import { bootstrapMeanInterval } from './bootstrap.ts';
import { createRandom } from './random.ts';

it('brackets the mean, is reproducible, and is absent without data', () => {
  const differences = [1, 0, 0, 1, -1, 1, 0, 1, 0, 0, 1, 0];
  const interval = bootstrapMeanInterval(differences, createRandom('b')) ?? [Number.NaN, Number.NaN];
  expect(interval[0]).toBeLessThan(4 / 12);
  expect(interval[1]).toBeGreaterThan(4 / 12);
  expect(interval[1] - interval[0]).toBeLessThan(1);
  expect(bootstrapMeanInterval(differences, createRandom('b'))).toEqual(interval);
  expect(bootstrapMeanInterval([], createRandom('b'))).toBeNull();
  expect(bootstrapMeanInterval([0.5, 0.5], createRandom('b'))).toEqual([0.5, 0.5]);
});

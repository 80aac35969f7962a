import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../world/random.ts';
import { bootstrapInterval, mean, median } from './bootstrap.ts';

describe('bootstrap interval', () => {
  test('is as wide as the normal approximation says', () => {
    const values = Array.from({ length: 400 }, (_, index) => Number(index % 2 === 0));
    const [low, high] = bootstrapInterval(values, 1);
    // Half of 400: standard error .025.
    expect(low).toBeCloseTo(0.451, 2);
    expect(high).toBeCloseTo(0.549, 2);
  });

  test('covers the true mean about 95 times in 100', () => {
    const random = createRandom('coverage');
    let covered = 0;
    for (let experiment = 0; experiment < 100; experiment += 1) {
      const values = Array.from({ length: 60 }, () => Number(random.next() < 0.4));
      const [low, high] = bootstrapInterval(values, experiment);
      covered += Number(low <= 0.4 && 0.4 <= high);
    }
    expect(covered).toBeGreaterThanOrEqual(88);
    expect(covered).toBeLessThan(100);
  });

  test('contains the mean, and is reproducible', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1, max: 1 }), { minLength: 1, maxLength: 40 }), (values) => {
        const [low, high] = bootstrapInterval(values, 7);
        expect(low).toBeLessThanOrEqual(mean(values));
        expect(high).toBeGreaterThanOrEqual(mean(values));
        expect(bootstrapInterval(values, 7)).toEqual([low, high]);
      }),
      { numRuns: 20 },
    );
  });

  test('needs a task', () => {
    expect(() => bootstrapInterval([], 1)).toThrow(/at least one task/);
  });
});

test('median', () => {
  expect([median([3]), median([4, 1]), median([9, 1, 5]), median([1, 2, 3, 10])]).toEqual([3, 2.5, 5, 2.5]);
});

import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { findRoot } from './find-root.ts';

it('finds the root of a decreasing function from the side where it is positive', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -0.99, max: 0.99, noNaN: true }),
      fc.constantFrom(1, 3, 5),
      fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
      (root, power, scale) => {
        const found = findRoot((x) => -scale * (x - root) ** power, -1, 1, 1e-12);
        expect(root - found).toBeGreaterThanOrEqual(0);
        expect(root - found).toBeLessThanOrEqual(1e-12);
      },
    ),
  );
});

it('takes no more steps than halving does, and far fewer on a smooth function', () => {
  const steps = (decreasing: (x: number) => number): number => {
    let count = 0;
    findRoot(
      (x) => {
        count += 1;
        return decreasing(x);
      },
      -1,
      1,
      1e-12,
    );
    return count;
  };
  expect(steps((x) => (x < 0.3 ? 1 : -1e6))).toBeLessThanOrEqual(2 + 42);
  expect(steps((x) => 5 - Math.exp(2 * x))).toBeLessThanOrEqual(20);
});

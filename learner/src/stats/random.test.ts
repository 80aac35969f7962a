import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from './random.ts';

describe('createRandom', () => {
  it('gives the same numbers for the same seed, and others for another', () => {
    const draw = (seed: string): number[] => {
      const random = createRandom(seed);
      return [random.next(), random.next(), random.integer(1_000)];
    };
    expect(draw('a')).toEqual(draw('a'));
    expect(draw('a')).not.toEqual(draw('b'));
  });

  it('splits by name, whatever was drawn before', () => {
    const used = createRandom('seed');
    used.next();
    expect(used.split('pass 1').next()).toBe(createRandom('seed').split('pass 1').next());
    expect(used.split('pass 1').next()).not.toBe(used.split('pass 2').next());
  });

  it('is uniform enough: mean and variance of 20 000 draws', () => {
    const random = createRandom('uniform');
    const values = Array.from({ length: 20_000 }, () => random.next());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.01);
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.005);
  });

  it('shuffles without losing anything', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.string(), (items, seed) => {
        const shuffled = createRandom(seed).shuffle(items);
        expect(shuffled.toSorted((a, b) => a - b)).toEqual(items.toSorted((a, b) => a - b));
      }),
    );
  });
});

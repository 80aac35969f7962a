import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom, hash32, unitOf } from './random.ts';

describe('seeded randomness', () => {
  test('equal seeds give equal sequences, other seeds others', () => {
    const draw = (...seed: (string | number)[]): number[] => {
      const random = createRandom(...seed);
      return Array.from({ length: 20 }, () => random.next());
    };
    expect(draw('a', 1)).toEqual(draw('a', 1));
    expect(draw('a', 1)).not.toEqual(draw('a', 2));
    expect(draw('ab', 'c')).not.toEqual(draw('a', 'bc'));
  });

  test('numbers fill [0, 1) evenly', () => {
    const counts = Array.from({ length: 10 }, () => 0);
    for (let index = 0; index < 20_000; index += 1) {
      const bin = Math.floor(unitOf('even', index) * 10);
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    // 2 000 expected, standard deviation 42.
    for (const count of counts) expect(Math.abs(count - 2_000)).toBeLessThan(220);
  });

  test('a hash is a 32-bit integer', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (parts) => {
        const hash = hash32(...parts);
        expect(Number.isInteger(hash) && hash >= 0 && hash < 2 ** 32).toBe(true);
      }),
    );
  });

  test('shuffling keeps every element', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer(), (list, seed) => {
        const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);
        expect(sorted(createRandom(seed).shuffled(list))).toEqual(sorted(list));
      }),
    );
  });
});

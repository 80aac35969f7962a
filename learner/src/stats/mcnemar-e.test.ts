import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { vectors } from './reference-values.testing.ts';
import { mcnemarLogE } from './mcnemar-e.ts';
import { createRandom } from './random.ts';

describe('mcnemarLogE', () => {
  it('is a martingale against a fair coin: 2E(b,c) = E(b+1,c) + E(b,c+1)', () => {
    fc.assert(
      fc.property(fc.nat(600), fc.nat(600), (b, c) => {
        const here = mcnemarLogE(b, c);
        const next = Math.exp(mcnemarLogE(b + 1, c) - here) + Math.exp(mcnemarLogE(b, c + 1) - here);
        expect(next).toBeCloseTo(2, 9);
      }),
    );
  });

  it('crosses its threshold as often as the exact recursion says', () => {
    const sequences = 4_000;
    const random = createRandom('crossing');
    const { threshold, discordantPairs, probability } = vectors.exact_crossing.cases[0] ?? {
      threshold: Number.NaN,
      discordantPairs: 0,
      probability: Number.NaN,
    };
    let crossed = 0;
    for (let i = 0; i < sequences; i += 1) {
      let gains = 0;
      for (let n = 1; n <= discordantPairs; n += 1) {
        if (random.next() < 0.5) gains += 1;
        if (mcnemarLogE(gains, n - gains) >= Math.log(threshold)) {
          crossed += 1;
          break;
        }
      }
    }
    const deviation = 4 * Math.sqrt((probability * (1 - probability)) / sequences);
    expect(Math.abs(crossed / sequences - probability)).toBeLessThan(deviation);
  });

  it('has the exact crossing probability by recursion over (gains, losses)', () => {
    for (const { threshold, discordantPairs, probability } of vectors.exact_crossing.cases) {
      expect(crossingProbability(threshold, discordantPairs)).toBeCloseTo(probability, 9);
    }
  });

  it('refuses what is not a count', () => {
    expect(() => mcnemarLogE(1.5, 0)).toThrow('gains: expected an integer of at least 0, got 1.5');
    expect(() => mcnemarLogE(0, -1)).toThrow('losses');
  });
});

/** Mass of the paths that reach the threshold within n discordant pairs, gain and loss equally likely. */
function crossingProbability(threshold: number, pairs: number): number {
  let alive = new Map<number, number>([[0, 1]]);
  let crossed = 0;
  for (let n = 1; n <= pairs; n += 1) {
    const next = new Map<number, number>();
    for (const [gains, mass] of alive) {
      for (const g of [gains, gains + 1]) {
        if (mcnemarLogE(g, n - g) >= Math.log(threshold)) crossed += mass / 2;
        else next.set(g, (next.get(g) ?? 0) + mass / 2);
      }
    }
    alive = next;
  }
  return crossed;
}

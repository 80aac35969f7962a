import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bet, bettingLogE, bettingLogEOf, startBetting } from './betting.ts';
import { createRandom } from './random.ts';

const difference = fc.double({ min: -1, max: 1, noNaN: true });
const sample = fc.array(difference, { maxLength: 60 });
const null0 = fc.double({ min: -0.9, max: 0.9, noNaN: true });
const direction = fc.constantFrom<1 | -1>(1, -1);

describe('betting mixture', () => {
  it('does not depend on the order of observations', () => {
    fc.assert(
      fc.property(sample, null0, direction, fc.string(), (values, m0, dir, seed) => {
        const shuffled = createRandom(seed).shuffle(values);
        expect(bettingLogEOf(shuffled, m0, dir)).toBeCloseTo(bettingLogEOf(values, m0, dir), 9);
      }),
    );
  });

  it('is symmetric: E(D; m0, dir) = E(-D; -m0, -dir)', () => {
    fc.assert(
      fc.property(sample, null0, direction, (values, m0, dir) => {
        const mirrored = values.map((value) => -value);
        expect(bettingLogEOf(mirrored, -m0, dir === 1 ? -1 : 1)).toBeCloseTo(
          bettingLogEOf(values, m0, dir),
          9,
        );
      }),
    );
  });

  it('is monotone in the null: a higher m0 leaves less evidence of exceeding it', () => {
    fc.assert(
      fc.property(sample, null0, null0, (values, a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(bettingLogEOf(values, high, 1)).toBeLessThanOrEqual(bettingLogEOf(values, low, 1) + 1e-9);
        expect(bettingLogEOf(values, low, -1)).toBeLessThanOrEqual(bettingLogEOf(values, high, -1) + 1e-9);
      }),
    );
  });

  it('has expected factor 1 when the mean is exactly m0', () => {
    fc.assert(
      fc.property(sample, null0, direction, (values, m0, dir) => {
        let process = startBetting(m0, dir);
        for (const value of values) process = bet(process, value);
        const up = Math.exp(bettingLogE(bet(process, 1)) - bettingLogE(process));
        const down = Math.exp(bettingLogE(bet(process, -1)) - bettingLogE(process));
        expect(((1 + m0) / 2) * up + ((1 - m0) / 2) * down).toBeCloseTo(1, 9);
      }),
    );
  });

  it('resumes exactly from JSON, and takes equal observations at once', () => {
    let process = startBetting(0.2, -1);
    for (const value of [0.5, -1, 0, 0.25]) process = bet(process, value);
    const restored: typeof process = JSON.parse(JSON.stringify(process));
    expect(bet(restored, -0.5)).toEqual(bet(process, -0.5));
    expect(bettingLogE(bet(process, 0.5, 3))).toBeCloseTo(
      bettingLogE(bet(bet(bet(process, 0.5), 0.5), 0.5)),
      12,
    );
  });

  it('crosses 20 in at most 1 of 20 sequences without an effect, looks after every pair', () => {
    const random = createRandom('null sequences');
    const sequences = 3_000;
    let crossed = 0;
    for (let i = 0; i < sequences; i += 1) {
      let process = startBetting(0, 1);
      for (let n = 0; n < 100; n += 1) {
        const u = random.next();
        process = bet(process, u < 0.2 ? 1 : u < 0.4 ? -1 : 0);
        if (bettingLogE(process) >= Math.log(20)) {
          crossed += 1;
          break;
        }
      }
    }
    expect(crossed / sequences).toBeLessThan(0.05);
    expect(crossed).toBeGreaterThan(0);
  });

  it('throws outside [-1, 1] and never clips', () => {
    expect(() => bet(startBetting(0, 1), 1.01)).toThrow('expected a number in [-1, 1], got 1.01');
    expect(() => bet(startBetting(0, 1), Number.NaN)).toThrow(RangeError);
    expect(() => startBetting(1, 1)).toThrow('m0');
  });
});

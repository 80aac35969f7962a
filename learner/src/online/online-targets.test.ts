import { describe, expect, it } from 'vitest';
import { rmse, runConfounded } from './confounded-world.testing.ts';
import { runStream, type Chances, type StreamResult } from './simulated-stream.testing.ts';
import { stageShares, type StageShares } from './stage.ts';

/** Seeded, and smaller than `npm run bench:worlds -- --only streams`, which measures the same with intervals. */
const STREAMS = 60;
const UNITS = 2_000;
/** The share at which the targets are stated, and the shares of the stages as shipped. */
const SHARES = { canary: 0.2, active: 0.2, steady: 0.2, suspect: 0.5 };
const SHIPPED = stageShares(0.1, true);
const FLIP_AT = 1_000;

function streams(
  units: number,
  chances: (unit: number) => Chances,
  shares: StageShares = SHARES,
): StreamResult[] {
  return Array.from({ length: STREAMS }, (_, index) =>
    runStream({ seed: `targets ${index}`, units, shares, chances, missing: 0.05 }),
  );
}

function quantile(values: readonly (number | null)[], share: number): number {
  const sorted = values.map((value) => value ?? Infinity).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] ?? Infinity;
}

const always = (without: number, withRule: number) => (): Chances => ({ without, with: withRule });

describe('a watched rule', { timeout: 60_000 }, () => {
  it.each([
    [0.8, 0.6],
    [0.95, 0.75],
  ])('that takes success from %f to %f is removed within 250 units', (without, withRule) => {
    const removed = streams(UNITS, always(without, withRule)).map(({ deprecatedAt }) => deprecatedAt);
    expect(quantile(removed, 0.5)).toBeLessThanOrEqual(250);
  });

  it.each([
    ['useful', 0.6, 0.8, 0],
    ['useful on hard tasks', 0.1, 0.25, 0],
    ['without effect', 0.6, 0.6, 0.1],
  ])('that is %s is rarely removed', (_what, without, withRule, share) => {
    const removed = streams(UNITS, always(without, withRule)).filter(
      ({ deprecatedAt }) => deprecatedAt !== null,
    );
    expect(removed.length / STREAMS).toBeLessThanOrEqual(share);
  });

  it.each([
    ['20 % are withheld', SHARES],
    ['it is withheld as shipped', SHIPPED],
  ])('that turns from helping to harming is suspected and removed when %s', (_what, shares) => {
    const flip = (unit: number): Chances =>
      unit <= FLIP_AT ? { without: 0.6, with: 0.8 } : { without: 0.8, with: 0.6 };
    const results = streams(2 * UNITS, flip, shares);
    expect(
      quantile(
        results.map(({ suspectAt }) => suspectAt),
        0.9,
      ) - FLIP_AT,
    ).toBeLessThanOrEqual(320);
    expect(
      quantile(
        results.map(({ deprecatedAt }) => deprecatedAt),
        0.5,
      ) - FLIP_AT,
    ).toBeLessThanOrEqual(400);
    expect(results.every(({ deprecatedAt }) => (deprecatedAt ?? Infinity) > FLIP_AT)).toBe(true);
  });
});

it('the effect of each rule is found although retrieval follows difficulty', { timeout: 60_000 }, () => {
  const results = runConfounded('confounded', 8_000, 0.2);
  expect(results).toHaveLength(40);
  expect(rmse(results, ({ measured }) => measured.estimate)).toBeLessThanOrEqual(0.045);
  expect(rmse(results, ({ naive }) => naive)).toBeGreaterThan(0.1);
  const covered = results.filter(({ measured, truth }) => measured.low <= truth && truth <= measured.high);
  expect(covered.length).toBeGreaterThanOrEqual(38);
});

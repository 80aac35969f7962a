import { expect, it } from 'vitest';
import { betaPosterior, correctedLift, correctedLiftWithError } from './judge-correction.ts';
import { createRandom } from './random.ts';

it('says nothing for a judge that is no better than a coin', () => {
  expect(correctedLift(0.1, 0.5, 0.5)).toBeNull();
  expect(
    correctedLiftWithError({ lift: 0.1, variance: 0.001 }, betaPosterior(5, 5), betaPosterior(4, 6)),
  ).toBeNull();
});

it('covers the true lift about 95 times in a hundred, with the judge audited on sixty runs', () => {
  const random = createRandom('judge');
  const hits = (n: number, p: number): number =>
    Array.from({ length: n }, () => (random.next() < p ? 1 : 0)).reduce<number>((sum, one) => sum + one, 0);
  const [sensitivity, specificity, base, lift, units, streams] = [0.9, 0.75, 0.5, 0.2, 400, 2_000];
  const judged = (p: number): number => p * sensitivity + (1 - p) * (1 - specificity);
  let covered = 0;
  for (let stream = 0; stream < streams; stream += 1) {
    const audits = [
      betaPosterior(...split(30, hits(30, sensitivity))),
      betaPosterior(...split(30, hits(30, specificity))),
    ] as const;
    const [withRule, without] = [hits(units, judged(base + lift)) / units, hits(units, judged(base)) / units];
    const variance = (withRule * (1 - withRule) + without * (1 - without)) / units;
    const found = correctedLiftWithError({ lift: withRule - without, variance }, ...audits);
    if (found !== null && found.low <= lift && lift <= found.high) covered += 1;
  }
  expect(covered / streams).toBeGreaterThan(0.92);
});

function split(n: number, hits: number): [number, number] {
  return [hits, n - hits];
}

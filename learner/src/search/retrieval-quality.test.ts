import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { measureRetrieval, type Leg } from './retrieval-quality.testing.ts';

/** Public development sets; not part of the repository. */
const DATA = new URL('../../../../shared/data/retrieval/', import.meta.url);

const REFERENCE: readonly (readonly [string, Record<Exclude<Leg, 'relevant'>, number>])[] = [
  ['metatool', { keywords: 52.7, vectors: 63.6, hybrid: 60.6 }],
  ['sealtools', { keywords: 79.1, vectors: 53.7, hybrid: 75.9 }],
  ['tau2_banking', { keywords: 31.8, vectors: 21.3, hybrid: 30.3 }],
  ['banking77_knn', { keywords: 71.8, vectors: 82.9, hybrid: 78.4 }],
  ['clinc150_knn', { keywords: 71.6, vectors: 75.6, hybrid: 74.8 }],
];
/** The last two take longer than they tell: on request only. */
const SETS = process.env['TRACELORE_TEST_SLOW'] === '1' ? REFERENCE : REFERENCE.slice(0, 3);

/**
 * Values that two independent implementations agree on. `relevant` is what is served: the hybrid with the floor, and in
 * small sets with keyword statistics of the relevant documents alone; it must not cost more than 2.5 points. The floor is
 * set for rules, whose situation counts twice in their vectors: of these plain texts, which have none, it drops a little more.
 */
describe.skipIf(!existsSync(DATA))('retrieval quality on public sets', () => {
  it.each(SETS)('%s', { timeout: 60_000 }, (set, want) => {
    const got = measureRetrieval(new URL(`${set}/`, DATA));
    expect(Math.abs(got.keywords - want.keywords)).toBeLessThanOrEqual(0.5);
    expect(Math.abs(got.vectors - want.vectors)).toBeLessThanOrEqual(0.2);
    expect(Math.abs(got.hybrid - want.hybrid)).toBeLessThanOrEqual(0.5);
    expect(got.relevant).toBeGreaterThan(want.hybrid - 2.5);
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dot, normalise, type Vector } from './embedder.ts';
import { staticEmbedder } from './static-embedder.ts';
import { SCAN_VECTORS_MAX, VectorIndex } from './vector-index.ts';
import { VectorTable } from './vector-table.ts';

const DIMENSIONS = 8;
const vector = fc
  .array(fc.integer({ min: -9, max: 9 }), { minLength: DIMENSIONS, maxLength: DIMENSIONS })
  .map((values) => Float32Array.from(values))
  .filter((values) => normalise(values));
const vectors = fc.array(vector, { minLength: 1, maxLength: 40 });

function exact(held: ReadonlyMap<string, Vector>, query: Vector, limit: number): string[] {
  const hits = [...held].map(([id, values]) => ({ id, score: dot(query, values) }));
  return hits
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .slice(0, limit)
    .map((hit) => hit.id);
}

describe('VectorIndex', () => {
  it('finds the nearest, and nothing that was removed', () => {
    fc.assert(
      fc.property(vectors, vectors, vector, (kept, removed, query) => {
        const table = new VectorTable(DIMENSIONS);
        const index = new VectorIndex(table);
        for (const [at, values] of removed.entries()) index.add(`x${at}`, table.add(values));
        const held = new Map(kept.map((values, at) => [`d${at}`, values]));
        for (const [id, values] of held) index.add(id, table.add(values));
        for (const at of removed.keys()) index.remove(`x${at}`);
        expect(index.size).toBe(held.size);
        expect(index.search(query, 10).ids).toEqual(exact(held, query, 10));
      }),
    );
  });

  it('keeps its recall above the limit of the full scan, on embeddings of real phrases', () => {
    const nouns =
      'order customer invoice refund password account report table column driver server cache'.split(' ');
    const verbs =
      'join count delete reset export convert round filter retry escalate translate archive'.split(' ');
    const adjectives =
      'deleted open monthly duplicate unpaid late foreign hidden nested broken cheap public'.split(' ');
    const places = 'warehouse database inbox calendar airport kitchen hospital library'.split(' ');
    const held = new Map<string, Vector>();
    const table = new VectorTable(staticEmbedder.dimensions);
    const index = new VectorIndex(table);
    for (const verb of verbs)
      for (const adjective of adjectives)
        for (const noun of nouns)
          for (const place of places.slice(0, 4)) {
            const phrase = `${verb} the ${adjective} ${noun} in the ${place}`;
            const values = staticEmbedder.vectorOf(phrase);
            if (values === null) continue;
            held.set(phrase, values);
            index.add(phrase, table.add(values));
          }
    expect(index.size).toBeGreaterThan(SCAN_VECTORS_MAX);
    let shared = 0;
    const queries = nouns.flatMap((noun) =>
      places.map((place) => `which ${noun} did we see at the ${place} last year?`),
    );
    for (const query of queries) {
      const values = staticEmbedder.vectorOf(query);
      if (values === null) throw new Error(`no vector for ${query}`);
      const want = new Set(exact(held, values, 10));
      shared += index.search(values, 10).ids.filter((id) => want.has(id)).length;
    }
    expect(shared / (10 * queries.length)).toBeGreaterThanOrEqual(0.98);
  });
});

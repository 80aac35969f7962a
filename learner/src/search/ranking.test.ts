import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CorpusIndex } from './corpus-index.ts';
import { dot } from './embedder.ts';
import type { RankOptions, SearchDocument, SearchQuery, SearchSpace } from './ranking.ts';
import { ScannedSet } from './scanned-set.ts';
import { staticEmbedder } from './static-embedder.ts';
import { queryTerms } from './terms.ts';
import { VectorTable } from './vector-table.ts';
import { Vocabulary } from './vocabulary.ts';

const WORDS =
  'order customer revenue cents deleted flag fiscal year month join bird moon kettle parcel weight'.split(
    ' ',
  );
const text = fc
  .array(fc.constantFrom(...WORDS), { minLength: 2, maxLength: 8 })
  .map((words) => words.join(' '));
const texts = fc.uniqueArray(text, { minLength: 1, maxLength: 25 });
const UNGATED: RankOptions = { embedder: { ...staticEmbedder, gateCosine: -1 }, fusionK: 20 };
const GATED: RankOptions = { embedder: staticEmbedder, fusionK: 20 };

function newSpace(): SearchSpace {
  return { vocabulary: new Vocabulary(), vectors: new VectorTable(staticEmbedder.dimensions) };
}

function document({ vocabulary, vectors }: SearchSpace, content: string): SearchDocument {
  const vector = staticEmbedder.vectorOf(content);
  return { id: content, bag: vocabulary.document(content), row: vector && vectors.add(vector) };
}

function search(task: string): SearchQuery {
  return { terms: queryTerms(task), vector: staticEmbedder.vectorOf(task) };
}

function cosine({ id }: SearchDocument, query: SearchQuery): number {
  return dot(staticEmbedder.vectorOf(id) ?? new Float32Array(), query.vector ?? new Float32Array());
}

function indexOf(documents: readonly SearchDocument[], space: SearchSpace): CorpusIndex {
  const index = new CorpusIndex(space);
  for (const each of documents) index.add(each);
  return index;
}

describe('ScannedSet', () => {
  it('ranks the relevant documents as if the others were not there', () => {
    fc.assert(
      fc.property(texts, text, (contents, task) => {
        const space = newSpace();
        const documents = contents.map((content) => document(space, content));
        const query = search(task);
        const relevant = documents.filter((each) => cosine(each, query) >= staticEmbedder.itemCosineMin);
        const { ids } = new ScannedSet(documents, space).rank(query, UNGATED);
        expect(new Set(ids)).toEqual(new Set(relevant.map(({ id }) => id)));
        expect(new ScannedSet(relevant.toReversed(), space).rank(query, UNGATED).ids).toEqual(ids);
      }),
    );
  });

  it('finds nothing when even the best cosine is below the gate', () => {
    fc.assert(
      fc.property(texts, text, (contents, task) => {
        const space = newSpace();
        const documents = contents.map((content) => document(space, content));
        const query = search(task);
        const best = Math.max(...documents.map((each) => cosine(each, query)));
        const got = new ScannedSet(documents, space).rank(query, GATED);
        expect(got.bestCosine).toBe(best);
        expect(got.ids.length > 0).toBe(best >= staticEmbedder.gateCosine);
      }),
    );
  });

  it('takes a document without a vector by its words', () => {
    const space = newSpace();
    const near = { ...document(space, 'customer revenue'), row: null };
    const far = { ...document(space, 'kettle weight'), row: null };
    const got = new ScannedSet([far, near], space).rank(search('revenue of a customer'), GATED);
    expect(got).toEqual({ ids: ['customer revenue'], bestCosine: null });
  });
});

describe('CorpusIndex', () => {
  it('ranks what it holds as a new index would', () => {
    fc.assert(
      fc.property(fc.array(texts, { minLength: 1, maxLength: 5 }), text, (sets, task) => {
        const space = newSpace();
        const documents = new Map<string, SearchDocument>();
        const churned = new CorpusIndex(space);
        const query = search(task);
        for (const contents of sets) {
          for (const content of contents) documents.set(content, document(space, content));
          const held = contents.map((content) => documents.get(content) ?? document(space, content));
          for (const each of held) churned.add(each);
          const fresh = indexOf(held.toReversed(), space);
          expect(churned.rank(query, UNGATED)).toEqual(fresh.rank(query, UNGATED));
          for (const { id } of held.slice(1)) churned.remove(id);
          for (const { id } of held.slice(0, 1)) churned.remove(id);
        }
      }),
    );
  });

  it('serves the same documents as the scan: only the order may differ', () => {
    fc.assert(
      fc.property(texts, text, (contents, task) => {
        const space = newSpace();
        const documents = contents.map((content) => document(space, content));
        const index = indexOf(documents, space);
        const query = search(task);
        const scanned = new ScannedSet(documents, space).rank(query, GATED);
        const indexed = index.rank(query, GATED);
        expect(new Set(indexed.ids)).toEqual(new Set(scanned.ids));
        expect(indexed.bestCosine).toBe(scanned.bestCosine);
      }),
    );
  });
});

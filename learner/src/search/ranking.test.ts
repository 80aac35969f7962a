import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CorpusIndex } from './corpus-index.ts';
import { dot } from './embedder.ts';
import type { RankOptions, SearchDocument, SearchQuery } from './ranking.ts';
import { rankByScan } from './scan-ranking.ts';
import { staticEmbedder } from './static-embedder.ts';
import { queryTerms } from './terms.ts';
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

function document(vocabulary: Vocabulary, content: string): SearchDocument {
  return { id: content, bag: vocabulary.document(content), vector: staticEmbedder.vectorOf(content) };
}

function search(task: string): SearchQuery {
  return { terms: queryTerms(task), vector: staticEmbedder.vectorOf(task) };
}

function cosine(a: SearchDocument, query: SearchQuery): number {
  return dot(a.vector ?? new Float32Array(), query.vector ?? new Float32Array());
}

describe('rankByScan', () => {
  it('ranks the relevant documents as if the others were not there', () => {
    fc.assert(
      fc.property(texts, text, (contents, task) => {
        const vocabulary = new Vocabulary();
        const documents = contents.map((content) => document(vocabulary, content));
        const query = search(task);
        const relevant = documents.filter((each) => cosine(each, query) >= staticEmbedder.itemCosineMin);
        const { ids } = rankByScan(documents, query, vocabulary, UNGATED);
        expect(new Set(ids)).toEqual(new Set(relevant.map(({ id }) => id)));
        expect(rankByScan(relevant.toReversed(), query, vocabulary, UNGATED).ids).toEqual(ids);
      }),
    );
  });

  it('finds nothing when even the best cosine is below the gate', () => {
    fc.assert(
      fc.property(texts, text, (contents, task) => {
        const vocabulary = new Vocabulary();
        const documents = contents.map((content) => document(vocabulary, content));
        const query = search(task);
        const best = Math.max(...documents.map((each) => cosine(each, query)));
        const got = rankByScan(documents, query, vocabulary, GATED);
        expect(got.bestCosine).toBe(best);
        expect(got.ids.length > 0).toBe(best >= staticEmbedder.gateCosine);
      }),
    );
  });

  it('takes a document without a vector by its words', () => {
    const vocabulary = new Vocabulary();
    const near = { ...document(vocabulary, 'customer revenue'), vector: null };
    const far = { ...document(vocabulary, 'kettle weight'), vector: null };
    const got = rankByScan([far, near], search('revenue of a customer'), vocabulary, GATED);
    expect(got).toEqual({ ids: ['customer revenue'], bestCosine: null });
  });
});

describe('CorpusIndex', () => {
  it('ranks what it holds as a new index would', () => {
    fc.assert(
      fc.property(fc.array(texts, { minLength: 1, maxLength: 5 }), text, (sets, task) => {
        const vocabulary = new Vocabulary();
        const documents = new Map<string, SearchDocument>();
        const churned = new CorpusIndex(vocabulary, staticEmbedder.dimensions);
        const query = search(task);
        for (const contents of sets) {
          for (const content of contents) documents.set(content, document(vocabulary, content));
          const held = contents.map((content) => documents.get(content) ?? document(vocabulary, content));
          churned.hold(held);
          const fresh = new CorpusIndex(vocabulary, staticEmbedder.dimensions);
          fresh.hold(held.toReversed());
          expect(churned.rank(query, UNGATED)).toEqual(fresh.rank(query, UNGATED));
        }
      }),
    );
  });

  it('serves the same documents as the scan: only the order may differ', () => {
    fc.assert(
      fc.property(texts, text, (contents, task) => {
        const vocabulary = new Vocabulary();
        const documents = contents.map((content) => document(vocabulary, content));
        const index = new CorpusIndex(vocabulary, staticEmbedder.dimensions);
        index.hold(documents);
        const query = search(task);
        const scanned = rankByScan(documents, query, vocabulary, GATED);
        const indexed = index.rank(query, GATED);
        expect(new Set(indexed.ids)).toEqual(new Set(scanned.ids));
        expect(indexed.bestCosine).toBe(scanned.bestCosine);
      }),
    );
  });
});

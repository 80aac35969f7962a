import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inverseDocumentFrequency, lengthDiscount, saturation } from './bm25.ts';
import { KeywordIndex } from './keyword-index.ts';
import { documentTerms, queryTerms } from './terms.ts';
import { Vocabulary } from './vocabulary.ts';

const WORDS = ['order', 'cents', 'customer', 'revenue', 'deleted', 'flag', 'year', 'month', 'join', 'table'];
const text = fc
  .array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 12 })
  .map((words) => words.join(' '));
const texts = fc.array(text, { minLength: 1, maxLength: 30 });

/** BM25 straight from its definition, over texts by id. */
function naive(documents: ReadonlyMap<string, string>, query: string): Map<string, number> {
  const bags = new Map([...documents].map(([id, document]) => [id, documentTerms(document)]));
  const lengths = [...bags.values()].map((bag) => bag.length);
  const meanLength = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  const scores = new Map<string, number>();
  for (const [term, weight] of queryTerms(query)) {
    const holders = [...bags].filter(([, bag]) => bag.includes(term));
    for (const [id, bag] of holders) {
      const count = bag.filter((other) => other === term).length;
      const idf = inverseDocumentFrequency(bags.size, holders.length);
      const score = weight * idf * saturation(count, lengthDiscount(bag.length, meanLength));
      scores.set(id, (scores.get(id) ?? 0) + score);
    }
  }
  return scores;
}

function found(index: KeywordIndex, vocabulary: Vocabulary, query: string): [string, number][] {
  const { ids, scores } = index.search(vocabulary.query(queryTerms(query)), 1_000);
  return ids.map((id, at) => [id, scores[at] ?? Number.NaN]);
}

describe('KeywordIndex', () => {
  it('scores as BM25 is defined, best first', () => {
    fc.assert(
      fc.property(texts, text, (documents, query) => {
        const vocabulary = new Vocabulary();
        const index = new KeywordIndex();
        const byId = new Map(documents.map((document, at) => [`d${at}`, document]));
        for (const [id, document] of byId) index.add(id, vocabulary.document(document));
        const got = found(index, vocabulary, query);
        const want = naive(byId, query);
        expect(new Set(got.map(([id]) => id))).toEqual(new Set(want.keys()));
        for (const [id, score] of got) expect(score).toBeCloseTo(want.get(id) ?? Number.NaN, 10);
        const scores = got.map(([, score]) => score);
        expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      }),
    );
  });

  it('ranks by what it holds, however it came to hold it', () => {
    fc.assert(
      fc.property(texts, texts, text, (kept, removed, query) => {
        const vocabulary = new Vocabulary();
        const churned = new KeywordIndex();
        for (const [at, document] of removed.entries()) churned.add(`x${at}`, vocabulary.document(document));
        for (const [at, document] of kept.entries()) churned.add(`d${at}`, vocabulary.document(document));
        for (const at of removed.keys()) churned.remove(`x${at}`);
        const fresh = new KeywordIndex();
        for (const [at, document] of [...kept.entries()].toReversed()) {
          fresh.add(`d${at}`, vocabulary.document(document));
        }
        expect(found(churned, vocabulary, query)).toEqual(found(fresh, vocabulary, query));
      }),
    );
  });

  it('replaces a document that is added again', () => {
    const vocabulary = new Vocabulary();
    const index = new KeywordIndex();
    index.add('a', vocabulary.document('cents'));
    index.add('a', vocabulary.document('revenue'));
    expect(index.size).toBe(1);
    expect(found(index, vocabulary, 'cents')).toEqual([]);
    expect(found(index, vocabulary, 'revenue')).toHaveLength(1);
  });

  it('finds nothing in an empty index, and nothing for a query of stop words', () => {
    const vocabulary = new Vocabulary();
    const index = new KeywordIndex();
    expect(found(index, vocabulary, 'cents')).toEqual([]);
    index.add('a', vocabulary.document('the cents'));
    expect(found(index, vocabulary, 'the of and')).toEqual([]);
  });
});

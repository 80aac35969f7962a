import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CorpusIndex } from './corpus-index.ts';
import { fuseLegs, RANK_DEPTH } from './ranking.ts';
import { KeywordIndex } from './keyword-index.ts';
import { rankByScan } from './scan-ranking.ts';
import { staticEmbedder } from './static-embedder.ts';
import { queryTerms } from './terms.ts';
import { SCAN_VECTORS_MAX, VectorIndex } from './vector-index.ts';
import { Vocabulary } from './vocabulary.ts';

/** Public development sets; not part of the repository. */
const DATA = new URL('../../../../shared/data/retrieval/', import.meta.url);
const CUT = 10;

interface Item {
  readonly id: number;
  readonly text: string;
}
interface Query extends Item {
  readonly relevant: readonly number[];
}

function read<Line>(set: string, file: string): Line[] {
  const lines = readFileSync(new URL(`${set}/${file}.jsonl`, DATA), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as Line);
}

function nameOf(id: number): string {
  return String(id).padStart(6, '0');
}

/** nDCG with gain 1, ideal cut at the same depth. */
function ndcg(ids: readonly string[], relevant: ReadonlySet<string>): number {
  let gained = 0;
  let ideal = 0;
  for (let rank = 0; rank < CUT; rank++) {
    const gain = 1 / Math.log2(rank + 2);
    if (relevant.has(ids[rank] ?? '')) gained += gain;
    if (rank < relevant.size) ideal += gain;
  }
  return gained / ideal;
}

type Leg = 'keywords' | 'vectors' | 'hybrid' | 'relevant';

/** The floor is measured, the gate is not: on purpose it gives up answers to stop the tasks that are about nothing. */
const OPTIONS = { embedder: { ...staticEmbedder, gateCosine: -1 }, fusionK: 20 };

/** nDCG@10 × 100 of each leg over the queries of a set. */
function measure(set: string): Record<Leg, number> {
  const vocabulary = new Vocabulary();
  const documents = read<Item>(set, 'items').map(({ id, text }) => ({
    id: nameOf(id),
    bag: vocabulary.document(text),
    vector: staticEmbedder.vectorOf(text),
  }));
  const keywordIndex = new KeywordIndex();
  const vectorIndex = new VectorIndex(staticEmbedder.dimensions);
  for (const { id, bag, vector } of documents) {
    keywordIndex.add(id, bag);
    if (vector !== null) vectorIndex.add(id, vector);
  }
  const index = new CorpusIndex(vocabulary, staticEmbedder.dimensions);
  index.hold(documents);
  const sums: Record<Leg, number> = { keywords: 0, vectors: 0, hybrid: 0, relevant: 0 };
  const queries = read<Query>(set, 'queries');
  for (const { text, relevant } of queries) {
    const query = { terms: queryTerms(text), vector: staticEmbedder.vectorOf(text) };
    const keywords = keywordIndex.search(vocabulary.query(query.terms), RANK_DEPTH).map(({ id }) => id);
    const nearest = query.vector === null ? [] : vectorIndex.search(query.vector, RANK_DEPTH);
    const vectors = nearest.map(({ id }) => id);
    const ranked =
      documents.length > SCAN_VECTORS_MAX
        ? index.rank(query, OPTIONS)
        : rankByScan(documents, query, vocabulary, OPTIONS);
    const wanted = new Set(relevant.map(nameOf));
    sums.keywords += ndcg(keywords, wanted);
    sums.vectors += ndcg(vectors, wanted);
    sums.hybrid += ndcg(fuseLegs(keywords, vectors, OPTIONS), wanted);
    sums.relevant += ndcg(ranked.ids, wanted);
  }
  const mean = (sum: number): number => (100 * sum) / queries.length;
  return {
    keywords: mean(sums.keywords),
    vectors: mean(sums.vectors),
    hybrid: mean(sums.hybrid),
    relevant: mean(sums.relevant),
  };
}

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
 * small sets with keyword statistics of the relevant documents alone; it must not cost more than 1.5 points.
 */
describe.skipIf(!existsSync(DATA))('retrieval quality on public sets', () => {
  it.each(SETS)('%s', { timeout: 60_000 }, (set, want) => {
    const got = measure(set);
    expect(Math.abs(got.keywords - want.keywords)).toBeLessThanOrEqual(0.5);
    expect(Math.abs(got.vectors - want.vectors)).toBeLessThanOrEqual(0.2);
    expect(Math.abs(got.hybrid - want.hybrid)).toBeLessThanOrEqual(0.5);
    expect(got.relevant).toBeGreaterThan(want.hybrid - 1.5);
  });
});

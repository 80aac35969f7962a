import { readFileSync } from 'node:fs';
import { CorpusIndex } from './corpus-index.ts';
import { fuseLegs, RANK_DEPTH } from './ranking.ts';
import { KeywordIndex } from './keyword-index.ts';
import { ScannedSet } from './scanned-set.ts';
import { staticEmbedder } from './static-embedder.ts';
import { queryTerms } from './terms.ts';
import { SCAN_VECTORS_MAX, VectorIndex } from './vector-index.ts';
import { VectorTable } from './vector-table.ts';
import { Vocabulary } from './vocabulary.ts';

const CUT = 10;

interface Item {
  readonly id: number;
  readonly text: string;
}
interface Query extends Item {
  readonly relevant: readonly number[];
}

function read<Line>(folder: URL, file: string): Line[] {
  const lines = readFileSync(new URL(`${file}.jsonl`, folder), 'utf8')
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

/** Ways of finding: words, vectors, both, and what is served: both, with the relevance floor. */
export type Leg = 'keywords' | 'vectors' | 'hybrid' | 'relevant';

/** The floor is measured, the gate is not: on purpose it gives up answers to stop the tasks that are about nothing. */
const OPTIONS = { embedder: { ...staticEmbedder, gateCosine: -1 }, fusionK: 20 };

/** nDCG@10 × 100 of each leg over the queries of a set: a folder with `items.jsonl` and `queries.jsonl`. */
export function measureRetrieval(folder: URL): Record<Leg, number> {
  const vocabulary = new Vocabulary();
  const table = new VectorTable(staticEmbedder.dimensions);
  const space = { vocabulary, vectors: table };
  const documents = read<Item>(folder, 'items').map(({ id, text }) => {
    const vector = staticEmbedder.vectorOf(text);
    return { id: nameOf(id), bag: vocabulary.document(text), row: vector && table.add(vector) };
  });
  const keywordIndex = new KeywordIndex();
  const vectorIndex = new VectorIndex(table);
  const index = new CorpusIndex(space);
  for (const document of documents) {
    const { id, bag, row } = document;
    keywordIndex.add(id, bag);
    if (row !== null) vectorIndex.add(id, row);
    index.add(document);
  }
  const scanned = new ScannedSet(documents, space);
  const sums: Record<Leg, number> = { keywords: 0, vectors: 0, hybrid: 0, relevant: 0 };
  const queries = read<Query>(folder, 'queries');
  for (const { text, relevant } of queries) {
    const query = { terms: queryTerms(text), vector: staticEmbedder.vectorOf(text) };
    const keywords = keywordIndex.search(vocabulary.query(query.terms), RANK_DEPTH).ids;
    const vectors = query.vector === null ? [] : vectorIndex.search(query.vector, RANK_DEPTH).ids;
    const ranked = (documents.length > SCAN_VECTORS_MAX ? index : scanned).rank(query, OPTIONS);
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

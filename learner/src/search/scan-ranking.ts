import { inverseDocumentFrequency, saturation } from './bm25.ts';
import { dot } from './embedder.ts';
import {
  fuseLegs,
  isGateShut,
  RANK_DEPTH,
  type Ranking,
  type RankOptions,
  type SearchDocument,
  type SearchQuery,
} from './ranking.ts';
import { Top } from './top.ts';
import type { TermQuery, Vocabulary } from './vocabulary.ts';

/**
 * Ranks a set of documents by looking at each of them: exact, without an index, for up to some thousands.
 *
 * First the relevant ones are picked: cosine at or above the embedder's floor; those without a cosine when they share a
 * term with the task. Only the relevant ones are ranked, and BM25 takes its statistics from them alone. So a document
 * that is not relevant to a task changes nothing about the answer, whatever words it holds: adding a rule to a set can
 * alter only the answers that the rule belongs to, up to the depth of the fusion. Price against statistics of the whole
 * set, nDCG × 100 on public sets: task → rule −.6, −.2 and +2.7, but −1.4 and −2.4 on questions of the same intent by the
 * thousand, which is why large sets are ranked by index.
 */
export function rankByScan(
  documents: readonly SearchDocument[],
  query: SearchQuery,
  vocabulary: Vocabulary,
  options: RankOptions,
): Ranking {
  const terms = vocabulary.query(query.terms);
  const position = positions(terms, vocabulary);
  const nearest = new Top(RANK_DEPTH);
  const relevant: SearchDocument[] = [];
  let bestCosine: number | null = null;
  for (const document of documents) {
    if (query.vector === null || document.vector === null) {
      if (sharesTerm(document, position)) relevant.push(document);
      continue;
    }
    const score = dot(query.vector, document.vector);
    if (bestCosine === null || score > bestCosine) bestCosine = score;
    if (score < options.embedder.itemCosineMin) continue;
    relevant.push(document);
    nearest.add({ id: document.id, score });
  }
  if (isGateShut(bestCosine, options.embedder)) return { ids: [], bestCosine };
  const keywords = rankByKeywords(relevant, terms, position);
  const vectors = nearest.sorted().map((hit) => hit.id);
  return { ids: fuseLegs(keywords, vectors, options), bestCosine };
}

/** BM25 with the documents themselves as the corpus. Best first; those that share no term are left out. */
function rankByKeywords(
  documents: readonly SearchDocument[],
  query: TermQuery,
  position: Int32Array,
): string[] {
  const holders = new Uint32Array(query.terms.length);
  let lengthSum = 0;
  for (const { bag } of documents) {
    lengthSum += bag.length;
    for (const term of bag.terms) {
      const at = position[term] ?? -1;
      if (at >= 0) holders[at] = (holders[at] ?? 0) + 1;
    }
  }
  const weights = query.weights.map(
    (weight, at) => weight * inverseDocumentFrequency(documents.length, holders[at] ?? 0),
  );
  const meanLength = lengthSum / documents.length;
  const top = new Top(RANK_DEPTH);
  for (const { id, bag } of documents) {
    let score = 0;
    for (let index = 0; index < bag.terms.length; index++) {
      const at = position[bag.terms[index] ?? 0] ?? -1;
      if (at < 0) continue;
      score += (weights[at] ?? 0) * saturation(bag.counts[index] ?? 0, bag.length, meanLength);
    }
    if (score > 0) top.add({ id, score });
  }
  return top.sorted().map((hit) => hit.id);
}

/** Where each term of the vocabulary stands in the query, -1 = nowhere. */
function positions(query: TermQuery, vocabulary: Vocabulary): Int32Array {
  const position = new Int32Array(vocabulary.size).fill(-1);
  for (const [at, term] of query.terms.entries()) position[term] = at;
  return position;
}

function sharesTerm({ bag }: SearchDocument, position: Int32Array): boolean {
  return bag.terms.some((term) => (position[term] ?? -1) >= 0);
}

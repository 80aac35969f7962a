import { KeywordIndex } from './keyword-index.ts';
import {
  fuseLegs,
  isGateShut,
  RANK_DEPTH,
  type Ranking,
  type RankOptions,
  type SearchDocument,
  type SearchQuery,
} from './ranking.ts';
import { VectorIndex } from './vector-index.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * Ranks a large set of documents by index. BM25 takes its statistics from the whole set; the ranking depends on the
 * documents in the set and on nothing else, however the index came to hold them.
 */
export class CorpusIndex {
  readonly #vocabulary: Vocabulary;
  readonly #keywords: KeywordIndex = new KeywordIndex();
  readonly #vectors: VectorIndex;
  readonly #held = new Map<string, SearchDocument>();
  #last: readonly SearchDocument[] = [];

  constructor(vocabulary: Vocabulary, dimensions: number) {
    this.#vocabulary = vocabulary;
    this.#vectors = new VectorIndex(dimensions);
  }

  /** Makes the index hold exactly these documents: only the difference to the last set is worked on. */
  hold(documents: readonly SearchDocument[]): void {
    if (documents === this.#last) return;
    this.#last = documents;
    const ids = new Set<string>();
    for (const document of documents) {
      ids.add(document.id);
      if (this.#held.get(document.id) !== document) this.#add(document);
    }
    if (this.#held.size === ids.size) return;
    for (const id of this.#held.keys()) if (!ids.has(id)) this.#remove(id);
  }

  rank(query: SearchQuery, options: RankOptions): Ranking {
    const { vector } = query;
    const nearest = vector === null ? [] : this.#vectors.search(vector, RANK_DEPTH);
    const bestCosine = nearest[0]?.score ?? null;
    if (isGateShut(bestCosine, options.embedder)) return { ids: [], bestCosine };
    const floor = options.embedder.itemCosineMin;
    const found = this.#keywords.search(this.#vocabulary.query(query.terms), RANK_DEPTH);
    const keywords = found.filter(
      ({ id }) => vector === null || (this.#vectors.cosine(id, vector) ?? floor) >= floor,
    );
    const vectors = nearest.filter(({ score }) => score >= floor);
    const ids = fuseLegs(
      keywords.map((hit) => hit.id),
      vectors.map((hit) => hit.id),
      options,
    );
    return { ids, bestCosine };
  }

  #add(document: SearchDocument): void {
    this.#held.set(document.id, document);
    this.#keywords.add(document.id, document.bag);
    if (document.vector === null) this.#vectors.remove(document.id);
    else this.#vectors.add(document.id, document.vector);
  }

  #remove(id: string): void {
    this.#held.delete(id);
    this.#keywords.remove(id);
    this.#vectors.remove(id);
  }
}

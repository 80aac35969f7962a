import { KeywordIndex } from './keyword-index.ts';
import {
  fuseLegs,
  isGateShut,
  RANK_DEPTH,
  type Ranking,
  type RankOptions,
  type SearchDocument,
  type SearchQuery,
  type SearchSpace,
} from './ranking.ts';
import type { Hits } from './top.ts';
import { VectorIndex } from './vector-index.ts';

/** What a task without a vector is near to. */
const NOTHING: Hits = { ids: [], scores: new Float64Array() };

/**
 * Ranks a large set of documents by index. BM25 takes its statistics from the whole set; the ranking depends on the
 * documents in the set and on nothing else, however the index came to hold them.
 */
export class CorpusIndex {
  readonly #space: SearchSpace;
  readonly #keywords: KeywordIndex = new KeywordIndex();
  readonly #vectors: VectorIndex;

  constructor(space: SearchSpace) {
    this.#space = space;
    this.#vectors = new VectorIndex(space.vectors);
  }

  /** Adds a document, in place of one with the same id. */
  add({ id, bag, row }: SearchDocument): void {
    this.#keywords.add(id, bag);
    if (row === null) this.#vectors.remove(id);
    else this.#vectors.add(id, row);
  }

  remove(id: string): void {
    this.#keywords.remove(id);
    this.#vectors.remove(id);
  }

  rank({ terms, vector }: SearchQuery, options: RankOptions): Ranking {
    const nearest = vector === null ? NOTHING : this.#vectors.search(vector, RANK_DEPTH);
    const bestCosine = nearest.scores[0] ?? null;
    if (isGateShut(bestCosine, options.embedder)) return { ids: [], bestCosine };
    const floor = options.embedder.itemCosineMin;
    const found = this.#keywords.search(this.#space.vocabulary.query(terms), RANK_DEPTH).ids;
    const cosines = vector === null ? [] : this.#vectors.cosines(found, vector);
    const keywords = found.filter((_, at) => (cosines[at] ?? floor) >= floor);
    const vectors = nearest.ids.filter((_, at) => (nearest.scores[at] ?? floor) >= floor);
    return { ids: fuseLegs(keywords, vectors, options), bestCosine };
  }
}

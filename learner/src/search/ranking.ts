import type { EmbedderDescriptor, Vector } from './embedder.ts';
import { fuse } from './fuse.ts';
import type { VectorTable } from './vector-table.ts';
import type { TermBag, Vocabulary } from './vocabulary.ts';

/** How deep each list goes into the fusion. */
export const RANK_DEPTH = 100;

/** A text as it is searched. */
export interface SearchDocument {
  readonly id: string;
  readonly bag: TermBag;
  /** Row of its vector; `null`: the embedder knows none, the document can be found by its words only. */
  readonly row: number | null;
}

/** What documents refer to: the numbers of their terms, the rows of their vectors. */
export interface SearchSpace {
  readonly vocabulary: Vocabulary;
  readonly vectors: VectorTable;
}

/** A task as it is searched for. */
export interface SearchQuery {
  /** Search terms with their weights. */
  readonly terms: ReadonlyMap<string, number>;
  readonly vector: Vector | null;
}

/** What was found. */
export interface Ranking {
  /** Best first, only what is relevant. */
  readonly ids: readonly string[];
  /** Best raw cosine of any document; `null` when the task or every document is without a vector. */
  readonly bestCosine: number | null;
}

/** How the two legs are joined. */
export interface RankOptions {
  readonly embedder: EmbedderDescriptor;
  /** Rank constant of the fusion. */
  readonly fusionK: number;
}

/** Nothing is relevant when even the nearest document is far from the task. */
export function isGateShut(bestCosine: number | null, embedder: EmbedderDescriptor): boolean {
  return bestCosine !== null && bestCosine < embedder.gateCosine;
}

/** Joins a keyword list and a vector list, each best first, at the weights of the embedder. */
export function fuseLegs(
  keywords: readonly string[],
  vectors: readonly string[],
  { embedder, fusionK }: RankOptions,
): readonly string[] {
  const lists = [
    { ids: keywords, weight: 1 },
    { ids: vectors, weight: embedder.fusionWeight },
  ];
  return fuse(lists, fusionK).ids;
}

import { compareHits, type Hit } from './top.ts';

/** Rank constant of the product's own ranking: .4–.5 points better than 60 on the public sets. */
export const FUSION_K = 20;
/** Rank constant of agentlearn, for its format. */
export const FUSION_K_AGENTLEARN = 60;

/** Ids in order of rank, and how much this list counts. */
export interface RankedList {
  readonly ids: readonly string[];
  readonly weight: number;
}

/**
 * Reciprocal rank fusion: score = Σ weight / (k + rank) over the lists that hold the id, ranks from 1. Best first, ties by
 * id. An empty list changes nothing.
 */
export function fuse(lists: readonly RankedList[], k: number = FUSION_K): Hit[] {
  const scores = new Map<string, number>();
  for (const { ids, weight } of lists)
    for (const [index, id] of ids.entries()) {
      scores.set(id, (scores.get(id) ?? 0) + weight / (k + index + 1));
    }
  return [...scores].map(([id, score]) => ({ id, score })).sort(compareHits);
}

import { Top, type Hits } from './top.ts';

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
export function fuse(lists: readonly RankedList[], k: number = FUSION_K): Hits {
  const places = new Map<string, number>();
  const scores = new Float64Array(lists.reduce((sum, { ids }) => sum + ids.length, 0));
  for (const { ids, weight } of lists)
    for (let index = 0; index < ids.length; index++) {
      const id = ids[index] ?? '';
      const place = places.get(id) ?? places.size;
      if (place === places.size) places.set(id, place);
      scores[place] = (scores[place] ?? 0) + weight / (k + index + 1);
    }
  const top = new Top(places.size);
  for (const [id, place] of places) top.add(id, scores[place] ?? 0);
  return top.take();
}

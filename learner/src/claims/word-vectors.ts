import type { Vector } from '../search/embedder.ts';
import { staticEmbedder } from '../search/static-embedder.ts';

/** Texts whose vectors are kept, 1 kB each; at the limit the memory starts over. */
const VECTORS_MAX = 20_000;
const known = new Map<string, Vector | null>();

/** Cosine of two words or texts by the built-in table, 0 where one is unknown to it; in [0, 1]. */
export function meaningCosine(one: string, other: string): number {
  const [a, b] = [vectorOf(one), vectorOf(other)];
  if (a === null || b === null) return 0;
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return Math.max(0, sum);
}

function vectorOf(text: string): Vector | null {
  const before = known.get(text);
  if (before !== undefined) return before;
  const vector = staticEmbedder.vectorOf(text);
  if (known.size >= VECTORS_MAX) known.clear();
  known.set(text, vector);
  return vector;
}

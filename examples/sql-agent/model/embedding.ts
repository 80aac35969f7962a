import { hash32 } from '../world/random.ts';

const DIMENSIONS = 256;

/** A bag-of-words vector of length 1: every word adds to two dimensions that its hash picks. Without words, zero. */
export function embeddingOf(text: string): number[] {
  const vector = Array.from({ length: DIMENSIONS }, () => 0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    for (const salt of ['a', 'b']) {
      const hash = hash32(salt, word);
      const dimension = hash % DIMENSIONS;
      vector[dimension] = (vector[dimension] ?? 0) + (hash >= 0x8000_0000 ? 1 : -1);
    }
  }
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((component) => component / length);
}

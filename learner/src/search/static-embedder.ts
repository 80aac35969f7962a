import { readFileSync } from 'node:fs';
import { normalise, type Embedder, type Vector } from './embedder.ts';
import { WordPiece } from './word-piece.ts';

const TOKENS = 30_522;
const DIMENSIONS = 256;
/** Tokens of a text that count; the rest is ignored. */
const TEXT_TOKENS_MAX = 512;
/**
 * A text with fewer known words has no vector: what is left of a text in another script (its
 * punctuation, a product name) would stand for a text it does not say anything about.
 */
const KNOWN_SHARE_MIN = 0.5;
/** Next to the package's sources and next to its built files alike. */
const MODEL: URL = new URL('../../models/static-en/', import.meta.url);

interface Table {
  readonly tokenizer: WordPiece;
  readonly weights: Int8Array;
  readonly scales: Float32Array;
}

// 8 MB and 20 ms: loaded at the first text, once per process.
let loaded: Table | undefined;

function table(): Table {
  return (loaded ??= load());
}

function load(): Table {
  const bytes = readFileSync(new URL('weights.i8', MODEL));
  const expected = TOKENS * (DIMENSIONS + 4);
  if (bytes.length !== expected) {
    throw new Error(
      `models/static-en/weights.i8 has ${bytes.length} bytes, expected ${expected}: reinstall @tracelore/learner`,
    );
  }
  const scalesAt = bytes.byteOffset + TOKENS * DIMENSIONS;
  return {
    tokenizer: new WordPiece(readFileSync(new URL('vocab.txt', MODEL), 'utf8')),
    weights: new Int8Array(bytes.buffer, bytes.byteOffset, TOKENS * DIMENSIONS),
    // A copy: a file buffer may start at an offset that no Float32Array can.
    scales: new Float32Array(bytes.buffer.slice(scalesAt, scalesAt + TOKENS * 4)),
  };
}

/** Token ids of a text, as the table's tokenizer sees it. */
export function staticTokens(text: string): readonly number[] {
  return table().tokenizer.tokenize(text, TEXT_TOKENS_MAX).ids;
}

function embed(text: string): Vector | null {
  const { tokenizer, weights, scales } = table();
  const { ids, knownShare } = tokenizer.tokenize(text, TEXT_TOKENS_MAX);
  if (knownShare < KNOWN_SHARE_MIN) return null;
  const vector = new Float32Array(DIMENSIONS);
  for (const token of ids) {
    const row = token * DIMENSIONS;
    const scale = scales[token] ?? 0;
    for (let index = 0; index < DIMENSIONS; index++) {
      vector[index] = (vector[index] ?? 0) + (weights[row + index] ?? 0) * scale;
    }
  }
  return normalise(vector) ? vector : null;
}

/**
 * The built-in embedder: the sum of one vector per WordPiece token, English only, some 10–80 µs per text, no network and
 * no native code. Word order has no effect: opposite rules look alike, so it must never decide about duplicates or
 * contradictions. A text mostly of unknown words has no vector.
 */
export const staticEmbedder: Embedder = {
  id: 'static-minilm-256-v1',
  dimensions: DIMENSIONS,
  // Keyword : vector = 2 : 1: at equal weight a weak embedder drags a good keyword list down.
  fusionWeight: 0.5,
  // For rules as they are embedded (see rule-document): in simulated worlds the floor keeps 98–100 % of the rules that a task
  // needs and 6–20 % of the others; plain texts would want .35 and .25.
  gateCosine: 0.37,
  itemCosineMin: 0.28,
  learns: false,
  generation: 0,
  vectorOf: embed,
  prepare: () => Promise.resolve(),
};

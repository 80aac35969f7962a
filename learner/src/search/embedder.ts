/** Unit vector of a text. */
export type Vector = Float32Array;

/**
 * What a ranking must know about an embedder. Cosine ranges are each model's own: no threshold carries over from one to
 * another, and vectors of different embedders never meet.
 */
export interface EmbedderDescriptor {
  readonly id: string;
  /** Components of a vector. */
  readonly dimensions: number;
  /** Weight of the vector list in the fusion; the keyword list has 1. */
  readonly fusionWeight: number;
  /** Best cosine of a task below this: nothing relevant is known, no normal rule is served. -1 = no gate. */
  readonly gateCosine: number;
  /** A rule with a cosine below this is not served, however well its words match. */
  readonly itemCosineMin: number;
}

/**
 * Turns texts into vectors. `vectorOf` is synchronous and answers from memory: answers never wait for a model. `prepare`
 * does what waiting there is, before: it resolves when `vectorOf` has an answer for these texts, or when the embedder
 * gave up on them, and never rejects.
 */
export interface Embedder extends EmbedderDescriptor {
  /** Whether `prepare` may find out what `vectorOf` does not know; else there is never anything to wait for. */
  readonly learns: boolean;
  /** Grows when `vectorOf` may know texts that it did not know before. */
  readonly generation: number;
  /** `null`: no vector known (not prepared, service down or late, or a text without any word the model knows). */
  vectorOf(text: string): Vector | null;
  prepare(texts: readonly string[], signal?: AbortSignal): Promise<void>;
}

/** Scales to length 1 in place; `false` for the zero vector, which stays as it is. */
export function normalise(vector: Float32Array): boolean {
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (!(squares > 0)) return false;
  const scale = 1 / Math.sqrt(squares);
  for (let index = 0; index < vector.length; index++) vector[index] = (vector[index] ?? 0) * scale;
  return true;
}

/**
 * Dot product: the cosine, for unit vectors. Four sums at a time: one alone waits for each addition to end before the next.
 * `VectorTable` gives the same to the last bit.
 */
export function dot(vector: Float32Array, values: Float32Array): number {
  const { length } = vector;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let index = 0;
  for (; index + 3 < length; index += 4) {
    a += (vector[index] ?? 0) * (values[index] ?? 0);
    b += (vector[index + 1] ?? 0) * (values[index + 1] ?? 0);
    c += (vector[index + 2] ?? 0) * (values[index + 2] ?? 0);
    d += (vector[index + 3] ?? 0) * (values[index + 3] ?? 0);
  }
  if (index < length) a += (vector[index] ?? 0) * (values[index] ?? 0);
  if (index + 1 < length) b += (vector[index + 1] ?? 0) * (values[index + 1] ?? 0);
  if (index + 2 < length) c += (vector[index + 2] ?? 0) * (values[index + 2] ?? 0);
  return a + b + c + d;
}

import { dot, type Vector } from './embedder.ts';
import { Top, type Hit } from './top.ts';

/** Up to here every vector is compared; above, sign bits choose whom to compare. */
export const SCAN_VECTORS_MAX = 4_000;
/** Candidates that the sign bits leave for the exact comparison; ties at the border come along. */
const CANDIDATES_MIN = 1_000;
const SLOTS_FIRST = 256;

/**
 * Nearest unit vectors by cosine, in memory. Exact up to {@link SCAN_VECTORS_MAX} vectors; above, the nearest by sign bits
 * are compared exactly (recall@10 ≥ .98 on real vectors, 5 times faster at 100 000). What is found depends on the live
 * vectors only, not on the order in which they came.
 */
export class VectorIndex {
  readonly #dimensions: number;
  readonly #words: number;
  #values: Float32Array;
  #signs: Uint32Array;
  #ids: (string | undefined)[] = [];
  /** 1 where a slot holds a vector. */
  #live: Uint8Array;
  readonly #slotOf = new Map<string, number>();
  readonly #free: number[] = [];

  constructor(dimensions: number) {
    this.#dimensions = dimensions;
    this.#words = Math.ceil(dimensions / 32);
    this.#values = new Float32Array(SLOTS_FIRST * dimensions);
    this.#signs = new Uint32Array(SLOTS_FIRST * this.#words);
    this.#live = new Uint8Array(SLOTS_FIRST);
  }

  get size(): number {
    return this.#slotOf.size;
  }

  /** Adds a vector, in place of one with the same id. */
  add(id: string, vector: Vector): void {
    if (vector.length !== this.#dimensions) {
      throw new RangeError(
        `vector of ${id} has ${vector.length} components, this index holds ${this.#dimensions}: one index per embedder`,
      );
    }
    this.remove(id);
    const slot = this.#free.pop() ?? this.#ids.length;
    if ((slot + 1) * this.#dimensions > this.#values.length) this.#grow();
    this.#ids[slot] = id;
    this.#live[slot] = 1;
    this.#slotOf.set(id, slot);
    this.#values.set(vector, slot * this.#dimensions);
    this.#signs.set(signsOf(vector, this.#words), slot * this.#words);
  }

  remove(id: string): boolean {
    const slot = this.#slotOf.get(id);
    if (slot === undefined) return false;
    this.#slotOf.delete(id);
    this.#ids[slot] = undefined;
    this.#live[slot] = 0;
    this.#free.push(slot);
    return true;
  }

  /** Nearest first. */
  search(query: Vector, limit: number): Hit[] {
    const top = new Top(limit);
    const slots = this.size > SCAN_VECTORS_MAX ? this.#nearestBySigns(query) : this.#slotOf.values();
    for (const slot of slots) {
      const score = this.#cosine(slot, query);
      if (score >= top.scoreMin) top.add({ id: this.#ids[slot] ?? '', score });
    }
    return top.sorted();
  }

  /** `undefined`: no vector under this id. */
  cosine(id: string, query: Vector): number | undefined {
    const slot = this.#slotOf.get(id);
    return slot === undefined ? undefined : this.#cosine(slot, query);
  }

  #cosine(slot: number, query: Vector): number {
    return dot(query, this.#values, slot * this.#dimensions);
  }

  /** Slots within the smallest Hamming distance that holds {@link CANDIDATES_MIN} of them: no tie is cut. */
  #nearestBySigns(query: Vector): number[] {
    const count = this.#ids.length;
    const live = this.#live;
    const distances = hammingDistances(signsOf(query, this.#words), this.#signs, count);
    const histogram = new Uint32Array(this.#words * 32 + 1);
    for (let slot = 0; slot < count; slot++) {
      const distance = distances[slot] ?? 0;
      histogram[distance] = (histogram[distance] ?? 0) + (live[slot] ?? 0);
    }
    let border = 0;
    let within = histogram[0] ?? 0;
    while (within < CANDIDATES_MIN && border < histogram.length - 1) within += histogram[++border] ?? 0;
    const slots: number[] = [];
    for (let slot = 0; slot < count; slot++)
      if (live[slot] === 1 && (distances[slot] ?? 0) <= border) slots.push(slot);
    return slots;
  }

  #grow(): void {
    const values = new Float32Array(this.#values.length * 2);
    values.set(this.#values);
    this.#values = values;
    const signs = new Uint32Array(this.#signs.length * 2);
    signs.set(this.#signs);
    this.#signs = signs;
    const live = new Uint8Array(this.#live.length * 2);
    live.set(this.#live);
    this.#live = live;
  }
}

/** Bits in which each of `count` rows of `rows` differs from `signs`. */
function hammingDistances(signs: Uint32Array, rows: Uint32Array, count: number): Uint16Array {
  const words = signs.length;
  const distances = new Uint16Array(count);
  for (let row = 0, at = 0; row < count; row++) {
    let distance = 0;
    for (let word = 0; word < words; word++, at++) distance += bitsIn((rows[at] ?? 0) ^ (signs[word] ?? 0));
    distances[row] = distance;
  }
  return distances;
}

/** One bit per component: is it above zero? */
function signsOf(vector: Vector, words: number): Uint32Array {
  const signs = new Uint32Array(words);
  for (let index = 0; index < vector.length; index++) {
    if ((vector[index] ?? 0) > 0) signs[index >> 5] = (signs[index >> 5] ?? 0) | (1 << (index & 31));
  }
  return signs;
}

/** Number of set bits of a 32-bit word. */
function bitsIn(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

import type { Vector } from './embedder.ts';
import { VECTOR_KERNELS } from './vector-kernels.ts';

/** Rows that the kernels are asked about at a time; a multiple of four. */
const ASKED_MAX = 4_096;
/** Rows that memory grows by: 1 MiB at 256 components. */
const BLOCK_BITS = 10;
const BLOCK_ROWS = 1 << BLOCK_BITS;
const PAGE_BYTES = 65_536;

/** Rows of a table, by number. */
export type Rows = Uint32Array;

const compiled = new WebAssembly.Module(Buffer.from(VECTOR_KERNELS, 'base64'));

/**
 * Unit vectors of one embedder, side by side in memory of WebAssembly, with their sign bits. It grows without copying, so that
 * adding one costs the same at any size; rows that were removed are used again, and its memory stays.
 */
export class VectorTable {
  readonly dimensions: number;
  readonly #layout: Layout;
  readonly #memory: WebAssembly.Memory;
  readonly #kernels: Kernels;
  #views: Views;
  /** For a search: of each row that is asked about. */
  #distances = new Uint16Array(0);
  #cosines = new Float64Array(0);
  /** Rows that ever were. */
  #rows = 0;
  readonly #free: number[] = [];

  constructor(dimensions: number) {
    this.dimensions = dimensions;
    this.#layout = layoutOf(dimensions);
    this.#memory = new WebAssembly.Memory({ initial: pagesOf(this.#layout.blocks) });
    this.#views = viewsOf(this.#memory, this.#layout);
    this.#kernels = kernelsOn(this.#memory, this.#layout);
  }

  /** Rows held. */
  get size(): number {
    return this.#rows - this.#free.length;
  }

  /** Number of the new row. */
  add(vector: Vector): number {
    this.#check(vector);
    const { blocks, signs, components, blockBytes, signBytes, componentBytes } = this.#layout;
    const row = this.#free.pop() ?? this.#rows++;
    const block = row >>> BLOCK_BITS;
    const within = row & (BLOCK_ROWS - 1);
    this.#reserve(blocks + (block + 1) * blockBytes);
    const at = block * blockBytes;
    this.#views.components.set(vector, (components + at + within * componentBytes) / 4);
    this.#views.words.set(signsOf(vector), (signs + at + within * signBytes) / 4);
    return row;
  }

  /** Nobody asks about this row any more: its place is for another one. */
  remove(row: number): void {
    this.#free.push(row);
  }

  /** Cosines of the query with these rows, in their order. Good until the next call. */
  cosines(query: Vector, rows: Rows): Float64Array {
    this.#check(query);
    this.#views.query.set(query);
    if (this.#cosines.length < rows.length) this.#cosines = new Float64Array(rows.length * 2);
    const cosines = this.#cosines.subarray(0, rows.length);
    for (let from = 0; from < rows.length; from += ASKED_MAX) {
      const count = this.#ask(rows, from);
      this.#kernels.dots(count);
      cosines.set(this.#views.cosines.subarray(0, count), from);
    }
    return cosines;
  }

  /** Places in `rows` of those within the smallest distance by signs that holds `countMin` of them: no tie is cut. */
  nearestBySigns(query: Vector, rows: Rows, countMin: number): Uint32Array {
    this.#check(query);
    this.#views.querySigns.set(signsOf(query));
    const { histogram } = this.#views;
    histogram.fill(0);
    if (this.#distances.length < rows.length) this.#distances = new Uint16Array(rows.length * 2);
    const distances = this.#distances;
    for (let from = 0; from < rows.length; from += ASKED_MAX) {
      const count = this.#ask(rows, from);
      this.#kernels.distances(count);
      distances.set(this.#views.distances.subarray(0, count), from);
    }
    let border = 0;
    let within = histogram[0] ?? 0;
    while (within < countMin && border < this.dimensions) within += histogram[++border] ?? 0;
    const nearest = new Uint32Array(within);
    for (let index = 0, at = 0; at < within; index++)
      if ((distances[index] ?? 0) <= border) nearest[at++] = index;
    return nearest;
  }

  /** Copies the next row numbers to where the kernels read them, and returns how many they are. */
  #ask(rows: Rows, from: number): number {
    const asked = rows.subarray(from, from + ASKED_MAX);
    this.#views.asked.set(asked);
    // The kernels may look at a few more than they are asked about.
    this.#views.asked.fill(0, asked.length, asked.length + 3);
    return asked.length;
  }

  #reserve(bytes: number): void {
    const missing = pagesOf(bytes) - this.#memory.buffer.byteLength / PAGE_BYTES;
    if (missing <= 0) return;
    this.#memory.grow(missing);
    this.#views = viewsOf(this.#memory, this.#layout);
  }

  #check(vector: Vector): void {
    if (vector.length !== this.dimensions)
      throw new RangeError(
        `the vector has ${vector.length} components, this table holds ${this.dimensions}: one table per embedder`,
      );
  }
}

/** Places in the memory, bytes. See `vector-kernels.wat`. */
interface Layout {
  readonly query: number;
  readonly querySigns: number;
  readonly asked: number;
  readonly results: number;
  readonly histogram: number;
  /** Where the first block begins. */
  readonly blocks: number;
  readonly signs: number;
  readonly components: number;
  readonly blockBytes: number;
  readonly signBytes: number;
  readonly componentBytes: number;
}

function layoutOf(dimensions: number): Layout {
  // Whole 64-bit words of signs and whole fours of components; what is beyond the dimensions stays zero.
  const signBytes = Math.ceil(dimensions / 64) * 8;
  const componentBytes = Math.ceil(dimensions / 4) * 16;
  const query = 0;
  const querySigns = query + componentBytes * 2;
  const asked = querySigns + signBytes;
  const results = asked + ASKED_MAX * 4;
  const histogram = results + ASKED_MAX * 8;
  // Bars from 0 to every dimension, and blocks that begin at a multiple of 16.
  const blocks = Math.ceil((histogram + (dimensions + 1) * 4) / 16) * 16;
  const components = blocks + BLOCK_ROWS * signBytes;
  const blockBytes = BLOCK_ROWS * (signBytes + componentBytes);
  return {
    query,
    querySigns,
    asked,
    results,
    histogram,
    blocks,
    signs: blocks,
    components,
    blockBytes,
    signBytes,
    componentBytes,
  };
}

/** What to do with the first `count` rows that are asked about. */
interface Kernels {
  readonly dots: (count: number) => void;
  readonly distances: (count: number) => void;
}

function kernelsOn(memory: WebAssembly.Memory, layout: Layout): Kernels {
  const { exports } = new WebAssembly.Instance(compiled, {
    table: {
      memory,
      query: layout.query,
      query_signs: layout.querySigns,
      asked: layout.asked,
      results: layout.results,
      histogram: layout.histogram,
      signs: layout.signs,
      components: layout.components,
      block_bytes: layout.blockBytes,
      sign_bytes: layout.signBytes,
      component_bytes: layout.componentBytes,
      block_bits: BLOCK_BITS,
    },
  });
  return { dots: kernel(exports['dots']), distances: kernel(exports['distances']) };
}

function kernel(found: unknown): (count: number) => void {
  if (typeof found !== 'function') throw new TypeError('vector-kernels.ts lacks a kernel: compile it anew');
  return (count) => void Reflect.apply(found, undefined, [count]);
}

/** The memory as numbers; made anew when it grows. */
interface Views {
  readonly query: Float64Array;
  readonly querySigns: Uint32Array;
  readonly asked: Uint32Array;
  readonly cosines: Float64Array;
  readonly distances: Uint16Array;
  readonly histogram: Uint32Array;
  /** From the beginning of the memory. */
  readonly words: Uint32Array;
  readonly components: Float32Array;
}

function viewsOf({ buffer }: WebAssembly.Memory, layout: Layout): Views {
  return {
    query: new Float64Array(buffer, layout.query, layout.componentBytes / 4),
    querySigns: new Uint32Array(buffer, layout.querySigns, layout.signBytes / 4),
    asked: new Uint32Array(buffer, layout.asked, ASKED_MAX),
    cosines: new Float64Array(buffer, layout.results, ASKED_MAX),
    distances: new Uint16Array(buffer, layout.results, ASKED_MAX),
    histogram: new Uint32Array(buffer, layout.histogram, (layout.blocks - layout.histogram) / 4),
    words: new Uint32Array(buffer),
    components: new Float32Array(buffer),
  };
}

function pagesOf(bytes: number): number {
  return Math.ceil(bytes / PAGE_BYTES);
}

/** One bit per component: is it above zero? */
function signsOf(vector: Vector): Uint32Array {
  const signs = new Uint32Array(Math.ceil(vector.length / 32));
  for (let index = 0; index < vector.length; index++) {
    if ((vector[index] ?? 0) > 0) signs[index >> 5] = (signs[index >> 5] ?? 0) | (1 << (index & 31));
  }
  return signs;
}

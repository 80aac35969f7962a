import type { Vector } from './embedder.ts';
import { Top, type Hits } from './top.ts';
import type { VectorTable } from './vector-table.ts';

/** Up to here every vector is compared; above, sign bits choose whom to compare. */
export const SCAN_VECTORS_MAX = 4_000;
/** Candidates that the sign bits leave for the exact comparison; ties at the border come along. */
const CANDIDATES_MIN = 1_000;
const PLACES_FIRST = 256;

/**
 * Nearest unit vectors by cosine, among some rows of a table. Exact up to {@link SCAN_VECTORS_MAX} vectors; above, the
 * nearest by sign bits are compared exactly (recall@10 ≥ .98 on real vectors). What is found depends on the vectors held
 * only, not on the order in which they came.
 */
export class VectorIndex {
  readonly #table: VectorTable;
  /** Without gaps, in any order. */
  readonly #ids: string[] = [];
  #rows: Uint32Array = new Uint32Array(PLACES_FIRST);
  readonly #placeOf = new Map<string, number>();

  constructor(table: VectorTable) {
    this.#table = table;
  }

  get size(): number {
    return this.#ids.length;
  }

  /** Adds a row, in place of one with the same id. */
  add(id: string, row: number): void {
    const known = this.#placeOf.get(id);
    const place = known ?? this.#ids.length;
    if (place === this.#rows.length) this.#grow();
    this.#ids[place] = id;
    this.#rows[place] = row;
    this.#placeOf.set(id, place);
  }

  remove(id: string): boolean {
    const place = this.#placeOf.get(id);
    if (place === undefined) return false;
    this.#placeOf.delete(id);
    const row = this.#rows[this.size - 1] ?? 0;
    const last = this.#ids.pop();
    if (last === undefined || last === id) return true;
    // The last one fills the gap.
    this.#ids[place] = last;
    this.#rows[place] = row;
    this.#placeOf.set(last, place);
    return true;
  }

  /** Nearest first. */
  search(query: Vector, limit: number): Hits {
    const held = this.#rows.subarray(0, this.size);
    const near =
      this.size > SCAN_VECTORS_MAX ? this.#table.nearestBySigns(query, held, CANDIDATES_MIN) : undefined;
    const rows = near === undefined ? held : this.#rowsAt(near);
    const cosines = this.#table.cosines(query, rows);
    const top = new Top(limit);
    for (let index = 0; index < cosines.length; index++) {
      const score = cosines[index] ?? 0;
      if (score >= top.scoreMin) top.add(this.#ids[near?.[index] ?? index] ?? '', score);
    }
    return top.take();
  }

  /** In the order of the ids; `undefined`: no vector under this id. */
  cosines(ids: readonly string[], query: Vector): (number | undefined)[] {
    const places = ids.map((id) => this.#placeOf.get(id));
    const rows = this.#rowsAt(places.filter((place) => place !== undefined));
    const cosines = this.#table.cosines(query, rows);
    let next = 0;
    return places.map((place) => (place === undefined ? undefined : cosines[next++]));
  }

  #rowsAt(places: ArrayLike<number>): Uint32Array {
    const rows = new Uint32Array(places.length);
    for (let index = 0; index < rows.length; index++) rows[index] = this.#rows[places[index] ?? 0] ?? 0;
    return rows;
  }

  #grow(): void {
    const rows = new Uint32Array(this.#rows.length * 2);
    rows.set(this.#rows);
    this.#rows = rows;
  }
}

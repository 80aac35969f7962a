import { indexBytes } from './column-codec.ts';
import { RowReader } from './row-reader.ts';
import type { RowWriter } from './row-writer.ts';

/** Its only version, `sharedDictionariesWithAdditionalKeys`. */
export const DICTIONARY_VERSION = 1;
/** It stands in its block, and is new in each. */
const IN_BLOCK: number = (1 << 9) | (1 << 10);
/** How the width of an index is told. */
const INDEX_CODE = { 1: 0, 2: 1, 4: 2 } as const;

/** The dictionaries of several pieces become one: its texts, and for each value which of them it is. */
export class JoinedDictionary {
  readonly #places = new Map<string, number>();
  readonly #indexes: number[] = [];

  #placeOf(text: string): number {
    let place = this.#places.get(text);
    if (place === undefined) this.#places.set(text, (place = this.#places.size));
    return place;
  }

  /** The stream of a piece, as `writeDictionary` has written it. */
  add(stream: Buffer): void {
    const reader = new RowReader(stream);
    const count = reader.uint32();
    const places: number[] = [];
    for (let text = 0; text < count; text += 1) places.push(this.#placeOf(reader.text()));
    const bytes = indexBytes(count);
    for (let at = reader.at; at < stream.length; at += bytes)
      this.#indexes.push(places[stream.readUIntLE(at, bytes)] ?? 0);
  }

  /** Rows of a piece that has only the empty text. */
  addEmpty(rows: number): void {
    const place = this.#placeOf('');
    for (let row = 0; row < rows; row += 1) this.#indexes.push(place);
  }

  writeTo(writer: RowWriter): void {
    // Without values there is no dictionary either.
    if (this.#indexes.length === 0) return;
    const bytes = indexBytes(this.#places.size);
    writer.count64(INDEX_CODE[bytes] | IN_BLOCK);
    writer.count64(this.#places.size);
    for (const text of this.#places.keys()) writer.text(text);
    writer.count64(this.#indexes.length);
    for (const index of this.#indexes) writer.integer(index, bytes);
  }
}

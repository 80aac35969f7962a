import { type RowValue, writeText } from './row-codec.ts';
import type { RowWriter } from './row-writer.ts';

/**
 * Lists of texts, of which many are the same as the one before: the names of attributes of spans of one kind, all that is told of
 * their sender. What is the same is written once and then copied.
 */
export class RepeatedTexts {
  readonly #texts: RowValue[] = [];
  /** Where each list ends that is not the same as the one before, and how often it comes. */
  readonly #ends: number[] = [];
  readonly #times: number[] = [];
  #before = 0;
  #start = 0;

  /** Adds to the list that is open. */
  add(text: RowValue): void {
    this.#texts.push(text);
  }

  /** Ends the list that is open. */
  end(): void {
    const end = this.#texts.length;
    if (this.#ends.length > 0 && this.#isRepeated(end)) {
      this.#texts.length = this.#start;
      this.again();
      return;
    }
    this.#ends.push(end);
    this.#times.push(1);
    this.#before = this.#start;
    this.#start = end;
  }

  /** The last list once more. */
  again(): void {
    const last = this.#times.length - 1;
    this.#times[last] = (this.#times[last] ?? 0) + 1;
  }

  #isRepeated(end: number): boolean {
    const size = end - this.#start;
    if (size !== this.#start - this.#before) return false;
    for (let index = this.#before; index < this.#start; index += 1)
      if (this.#texts[index] !== this.#texts[index + size]) return false;
    return true;
  }

  /** Writes every text of every list. @throws TypeError for what is none */
  writeTo(writer: RowWriter): void {
    let at = 0;
    for (let list = 0; list < this.#ends.length; list += 1) {
      const from = writer.size;
      const end = this.#ends[list] ?? 0;
      for (; at < end; at += 1) writeText(writer, this.#texts[at] ?? null);
      writer.repeat(from, (this.#times[list] ?? 1) - 1);
    }
  }
}

import { captureJson } from './capture.ts';
import { ATTRIBUTE_BYTES_MAX, TRUNCATION_MARK } from './contract/attributes.ts';

/** JSON text that was captured already and is written as it is. */
export class CapturedJson {
  readonly json: string;

  constructor(json: string) {
    this.json = json;
  }
}

/**
 * Collects what a stream produced, one chunk at a time, within {@link ATTRIBUTE_BYTES_MAX}. Text and bytes become one
 * text; anything else an array of the chunks. Chunks are copied when they pass (their owner may change them later) and
 * never held.
 */
export class StreamOutput {
  readonly #parts: string[] = [];
  readonly #decoder = new TextDecoder();
  #textual = true;
  #bytes = 0;
  #full = false;

  add(chunk: unknown): void {
    if (this.#full || chunk === undefined) return;
    const text = this.#textOf(chunk);
    if (text === undefined && this.#textual) this.#becomeList();
    const part = this.#textual ? (text ?? '') : captureJson(text ?? chunk, this.#room());
    this.#bytes += Buffer.byteLength(part) + 1;
    this.#parts.push(part);
    if (this.#bytes <= ATTRIBUTE_BYTES_MAX) return;
    this.#full = true;
    if (!this.#textual) this.#parts[this.#parts.length - 1] = JSON.stringify(TRUNCATION_MARK);
  }

  /** The collected output; `undefined` when nothing came. Text beyond the limit is cut where it is recorded. */
  value(): string | CapturedJson | undefined {
    if (this.#parts.length === 0) return undefined;
    return this.#textual ? this.#parts.join('') : new CapturedJson(`[${this.#parts.join(',')}]`);
  }

  #room(): number {
    return Math.max(0, ATTRIBUTE_BYTES_MAX - this.#bytes);
  }

  #textOf(chunk: unknown): string | undefined {
    if (typeof chunk === 'string') return chunk;
    return chunk instanceof Uint8Array ? this.#decoder.decode(chunk, { stream: true }) : undefined;
  }

  #becomeList(): void {
    this.#textual = false;
    for (const [index, part] of this.#parts.entries()) this.#parts[index] = captureJson(part);
  }
}

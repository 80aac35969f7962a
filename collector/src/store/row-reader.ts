const CONTINUED = 0x80;
const SEVEN_BITS = 0x7f;
/** Texts up to here are read by a loop, which costs less than one call into native code. */
const LOOPED_BYTES_MAX = 10;

/** Reads what `RowWriter` has written, value by value. */
export class RowReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Place of the next byte. */
  get at(): number {
    return this.#at;
  }

  length(): number {
    let value = 0;
    for (let factor = 1; ; factor *= CONTINUED) {
      const byte = this.#bytes[this.#at++] ?? 0;
      value += (byte & SEVEN_BITS) * factor;
      if (byte < CONTINUED) return value;
    }
  }

  text(): string {
    const length = this.length();
    if (length === 0) return '';
    const start = this.#at;
    this.#at += length;
    return (
      (length <= LOOPED_BYTES_MAX ? this.#ascii(start, length) : undefined) ??
      this.#bytes.toString('utf8', start, start + length)
    );
  }

  /** `undefined` when there is a character that is not ASCII. */
  #ascii(start: number, length: number): string | undefined {
    let text = '';
    for (let index = start; index < start + length; index += 1) {
      const byte = this.#bytes[index] ?? CONTINUED;
      if (byte >= CONTINUED) return undefined;
      text += String.fromCharCode(byte);
    }
    return text;
  }

  texts(): string[] {
    const texts: string[] = [];
    for (let rest = this.length(); rest > 0; rest -= 1) texts.push(this.text());
    return texts;
  }

  uint32(): number {
    const value = this.#bytes.readUInt32LE(this.#at);
    this.#at += 4;
    return value;
  }

  int64(): bigint {
    const value = this.#bytes.readBigInt64LE(this.#at);
    this.#at += 8;
    return value;
  }

  uint64(): bigint {
    const value = this.#bytes.readBigUInt64LE(this.#at);
    this.#at += 8;
    return value;
  }

  /** Whether a value follows, for `Nullable`. */
  hasValue(): boolean {
    return this.#bytes[this.#at++] === 0;
  }
}

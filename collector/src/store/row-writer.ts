const START_BYTES = 64 * 1024;
/** Bytes of UTF-8 per UTF-16 code unit, at most. */
const UTF8_BYTES_MAX = 3;
/** Strings whose length certainly fits into one byte of LEB128. */
const SHORT_CHARACTERS_MAX: number = Math.floor(127 / UTF8_BYTES_MAX);

/** A growing byte buffer with the primitive writes of RowBinary (little endian, lengths as LEB128). */
export class RowWriter {
  #buffer: Buffer = Buffer.allocUnsafe(START_BYTES);
  #length = 0;

  /** The bytes written so far; valid until the next write. */
  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }

  uint8(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = value;
  }

  /** Two's complement in 1, 2 or 4 bytes; the caller has checked the range. */
  integer(value: number, bytes: number): void {
    this.#reserve(bytes);
    for (let i = 0, rest = value; i < bytes; i++, rest >>= 8) this.#buffer[this.#length++] = rest & 0xff;
  }

  int64(value: bigint): void {
    this.#reserve(8);
    this.#buffer.writeBigInt64LE(value, this.#length);
    this.#length += 8;
  }

  uint64(value: bigint): void {
    this.#reserve(8);
    this.#buffer.writeBigUInt64LE(value, this.#length);
    this.#length += 8;
  }

  float32(value: number): void {
    this.#reserve(4);
    this.#length = this.#buffer.writeFloatLE(value, this.#length);
  }

  float64(value: number): void {
    this.#reserve(8);
    this.#length = this.#buffer.writeDoubleLE(value, this.#length);
  }

  /** Lengths and counts. */
  length(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.uint8((rest % 0x80) + 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.uint8(rest);
  }

  text(value: string): void {
    if (value.length <= SHORT_CHARACTERS_MAX) {
      // The length is one byte then, and known after the write.
      this.#reserve(1 + value.length * UTF8_BYTES_MAX);
      const bytes = this.#buffer.write(value, this.#length + 1, 'utf8');
      this.#buffer[this.#length] = bytes;
      this.#length += 1 + bytes;
      return;
    }
    const bytes = Buffer.byteLength(value);
    this.length(bytes);
    this.#reserve(bytes);
    this.#buffer.write(value, this.#length, bytes, 'utf8');
    this.#length += bytes;
  }

  raw(value: Uint8Array): void {
    this.length(value.byteLength);
    this.#reserve(value.byteLength);
    this.#buffer.set(value, this.#length);
    this.#length += value.byteLength;
  }
}

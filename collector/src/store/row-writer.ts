const START_BYTES = 64 * 1024;

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

  /** `bytes` 1 to 6: two's complement, the caller has checked the range. */
  integer(value: number, bytes: number): void {
    this.#reserve(bytes);
    if (value < 0) this.#buffer.writeIntLE(value, this.#length, bytes);
    else this.#buffer.writeUIntLE(value, this.#length, bytes);
    this.#length += bytes;
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

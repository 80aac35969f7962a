const START_BYTES = 64 * 1024;
/** Less is copied when it is moved out. */
const MOVED_BYTES_MIN = 64 * 1024;
/** A larger buffer is not kept for the next rows. */
const KEPT_BYTES_MAX = 8 * 1024 * 1024;
/** Bytes of UTF-8 per UTF-16 code unit, at most. */
const UTF8_BYTES_MAX = 3;
/** Texts of ASCII up to here are copied by a loop, which costs less than one call into native code. */
const LOOPED_CHARACTERS_MAX = 40;
const ASCII_MAX = 0x7f;

/** Bytes and the buffer, perhaps longer, in which they stand. */
export interface EncodedBytes {
  readonly buffer: Buffer;
  readonly bytes: Uint8Array;
}

/** A growing byte buffer with the primitive writes of ClickHouse's binary formats (little endian, lengths as LEB128). */
export class RowWriter {
  #buffer: Buffer = Buffer.allocUnsafeSlow(START_BYTES);
  #view: DataView = viewOf(this.#buffer);
  #length = 0;

  /** Bytes written so far. */
  get size(): number {
    return this.#length;
  }

  /** The bytes written so far; valid until the next write. */
  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  /**
   * Moves what was written out; the writer is empty afterwards. A large buffer that is half full goes itself and is replaced,
   * otherwise the bytes are copied: `bufferOf` gives a buffer of at least that many bytes.
   */
  moveTo(bufferOf: (bytes: number) => Buffer): EncodedBytes {
    const length = this.#length;
    const full = this.#buffer;
    if (length >= MOVED_BYTES_MIN && length * 2 >= full.length) {
      this.#length = 0;
      this.#use(bufferOf(full.length));
      return { buffer: full, bytes: full.subarray(0, length) };
    }
    const buffer = bufferOf(length);
    full.copy(buffer, 0, 0, length);
    this.clear();
    return { buffer, bytes: buffer.subarray(0, length) };
  }

  clear(): void {
    this.#length = 0;
    if (this.#buffer.length > KEPT_BYTES_MAX) this.#use(Buffer.allocUnsafeSlow(START_BYTES));
  }

  #use(buffer: Buffer): void {
    this.#buffer = buffer;
    this.#view = viewOf(buffer);
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(needed)));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#use(grown);
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
    this.#view.setBigInt64(this.#length, value, true);
    this.#length += 8;
  }

  uint64(value: bigint): void {
    this.#reserve(8);
    this.#view.setBigUint64(this.#length, value, true);
    this.#length += 8;
  }

  /** A count below 2^32 as 64 bits. */
  count64(value: number): void {
    this.integer(value, 4);
    this.integer(0, 4);
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
    if (value.length <= LOOPED_CHARACTERS_MAX && this.#asciiText(value)) return;
    const bytesMax = value.length * UTF8_BYTES_MAX;
    const width = lengthWidth(bytesMax);
    this.#reserve(width + bytesMax);
    const bytes = this.#buffer.write(value, this.#length + width, bytesMax, 'utf8');
    this.#paddedLength(bytes, width);
    this.#length += bytes;
  }

  /** False, and nothing written, when a character is not ASCII. */
  #asciiText(value: string): boolean {
    this.#reserve(1 + value.length);
    const buffer = this.#buffer;
    const start = this.#length + 1;
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code > ASCII_MAX) return false;
      buffer[start + index] = code;
    }
    buffer[start - 1] = value.length;
    this.#length = start + value.length;
    return true;
  }

  /**
   * A length in `width` bytes of LEB128, with leading zeros where it needs fewer (readers accept them): the length of a text
   * is known only after it was written, and counting its bytes before would read it twice.
   */
  #paddedLength(value: number, width: number): void {
    let rest = value;
    for (let i = 1; i < width; i++, rest >>>= 7) this.#buffer[this.#length++] = (rest & 0x7f) | 0x80;
    this.#buffer[this.#length++] = rest;
  }

  /** Their number, then all. */
  texts(values: readonly string[]): void {
    this.length(values.length);
    for (const value of values) this.text(value);
  }

  /** Whether a value follows, for one that may be missing. */
  hasValue<Value>(value: Value | null): value is Value {
    this.uint8(value === null ? 1 : 0);
    return value !== null;
  }

  /** Bytes with their length in front. */
  raw(value: Uint8Array): void {
    this.length(value.byteLength);
    this.append(value);
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.byteLength);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.byteLength;
  }

  /** What was written since `from`, so many times more. */
  repeat(from: number, times: number): void {
    const bytes = this.#length - from;
    if (times <= 0 || bytes === 0) return;
    this.#reserve(bytes * times);
    const end = this.#length + bytes * times;
    // Each copy is twice as long as the one before.
    while (this.#length < end) {
      const copied = Math.min(this.#length - from, end - this.#length);
      this.#buffer.copyWithin(this.#length, from, from + copied);
      this.#length += copied;
    }
  }

  /** The same byte, many times. */
  fill(byte: number, count: number): void {
    this.#reserve(count);
    this.#buffer.fill(byte, this.#length, this.#length + count);
    this.#length += count;
  }
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

/** Bytes of LEB128 that hold numbers up to `value`, below 2^31. */
function lengthWidth(value: number): number {
  let width = 1;
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) width++;
  return width;
}

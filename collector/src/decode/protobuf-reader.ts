import { Refusal } from '../errors.ts';
import { TEXT_READ_MAX } from '../limits.ts';
import { KnownKeys } from './known-keys.ts';

/** Most bytes of a length or tag: 5 × 7 bits. A longer one would wrap in 32-bit arithmetic and pass as a small number. */
const VARINT32_BYTES_MAX = 5;
const GROUP_DEPTH_MAX = 64;

const WIRE_VARINT = 0;
const WIRE_FIXED64 = 1;
const WIRE_LENGTH = 2;
const WIRE_GROUP_START = 3;
const WIRE_GROUP_END = 4;
const WIRE_FIXED32 = 5;

const known = new KnownKeys();

/**
 * Reads one protobuf message in place. Every length is checked against the enclosing message before use, so that no
 * claimed length allocates or reads beyond its parent. Broken framing throws a {@link Refusal} (`undecodable`).
 *
 * A nested message is read by the same reader: `const outer = reader.enter()`, read until {@link ended}, then
 * `reader.leave(outer)`.
 */
export class ProtobufReader {
  readonly bytes: Buffer;
  /** Values inside lists and maps, of the item that is being read. */
  nestedValues = 0;
  #position = 0;
  #end: number;

  constructor(bytes: Buffer, start = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.#position = start;
    this.#end = end;
  }

  get position(): number {
    return this.#position;
  }

  get end(): number {
    return this.#end;
  }

  ended(): boolean {
    return this.#position >= this.#end;
  }

  /** Field number × 8 + wire type. */
  tag(): number {
    const tag = this.varint32();
    if (tag < 8) throw this.#broken('field number 0');
    return tag;
  }

  enter(): number {
    const length = this.#length();
    const outer = this.#end;
    this.#end = this.#position + length;
    return outer;
  }

  leave(outer: number): void {
    this.#end = outer;
  }

  /** Leaves a nested message without reading the rest of it. */
  leaveUnread(outer: number): void {
    this.#position = this.#end;
    this.#end = outer;
  }

  /** Unsigned, below 2^32. */
  varint32(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    for (let index = 1; index < VARINT32_BYTES_MAX; index += 1) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) {
        if (value > 0xffffffff) break;
        return value;
      }
    }
    throw this.#broken('a number over 32 bits where a length, tag or small number is expected');
  }

  /** Signed 64 bit, exact. */
  int64(): bigint {
    let low = 0;
    let high = 0;
    for (let index = 0; index < 10; index += 1) {
      const byte = this.#byte();
      if (index < 4) low += (byte & 0x7f) * 2 ** (7 * index);
      else high += (byte & 0x7f) * 2 ** (7 * (index - 4));
      if (byte < 0x80) {
        // Below 2^53 one conversion is enough; `high` counts units of 2^28.
        if (high < 2 ** 25) return BigInt(high * 2 ** 28 + low);
        return BigInt.asIntN(64, (BigInt(high) << 28n) + BigInt(low));
      }
    }
    throw this.#broken('a varint over 10 bytes');
  }

  bool(): boolean {
    return this.int64() !== 0n;
  }

  /** An enum value or another number that is small in every valid message; out of range reads as 0. */
  small(): number {
    const value = this.int64();
    return value < 0n || value > 0x7fffffffn ? 0 : Number(value);
  }

  fixed64(): bigint {
    return this.bytes.readBigUInt64LE(this.#advance(8));
  }

  fixed32(): number {
    return this.bytes.readUInt32LE(this.#advance(4));
  }

  double(): number {
    return this.bytes.readDoubleLE(this.#advance(8));
  }

  /** Invalid UTF-8 becomes U+FFFD: one bad value never costs a request. Longer texts are cut at {@link TEXT_READ_MAX}. */
  string(): string {
    const length = this.#length();
    const start = this.#advance(length);
    return this.bytes.toString('utf8', start, start + Math.min(length, TEXT_READ_MAX));
  }

  /** An attribute key. */
  key(): string {
    const length = this.#length();
    const start = this.#advance(length);
    return known.key(this.bytes, start, start + length);
  }

  /** A text like {@link string}, as a value of the key that was read last. */
  value(): string {
    const length = this.#length();
    const start = this.#advance(length);
    return known.value(this.bytes, start, start + Math.min(length, TEXT_READ_MAX));
  }

  hex(): string {
    const length = this.#length();
    const start = this.#advance(length);
    return this.bytes.toString('hex', start, start + length);
  }

  /** A copy, so that a kept value does not hold the whole request. */
  blob(): Uint8Array {
    const length = this.#length();
    const start = this.#advance(length);
    return new Uint8Array(this.bytes.subarray(start, start + length));
  }

  /** Skips a field of any kind, groups included, as the specification asks for unknown fields. */
  skip(tag: number): void {
    const groups: number[] = [];
    let current = tag;
    for (;;) {
      this.#skipOne(current, groups);
      if (groups.length === 0) return;
      if (this.ended()) throw this.#broken('a group without an end');
      current = this.tag();
    }
  }

  #skipOne(tag: number, groups: number[]): void {
    const field = Math.floor(tag / 8);
    switch (tag % 8) {
      case WIRE_VARINT:
        this.int64();
        return;
      case WIRE_FIXED64:
        this.#advance(8);
        return;
      case WIRE_LENGTH:
        this.#advance(this.#length());
        return;
      case WIRE_FIXED32:
        this.#advance(4);
        return;
      case WIRE_GROUP_START:
        if (groups.push(field) > GROUP_DEPTH_MAX)
          throw this.#broken(`groups nested deeper than ${GROUP_DEPTH_MAX}`);
        return;
      case WIRE_GROUP_END:
        if (groups.pop() !== field) throw this.#broken('the end of a group that was not open');
        return;
      default:
        throw this.#broken(`reserved wire type ${tag % 8}`);
    }
  }

  #length(): number {
    const length = this.varint32();
    if (length > this.#end - this.#position)
      throw this.#broken(`a length of ${length} bytes with ${this.#end - this.#position} left`);
    return length;
  }

  #byte(): number {
    if (this.#position >= this.#end) throw this.#broken('the end of the message inside a number');
    const byte = this.bytes[this.#position] ?? 0;
    this.#position += 1;
    return byte;
  }

  /** Moves on by `count` bytes; returns where they start. */
  #advance(count: number): number {
    const start = this.#position;
    if (count > this.#end - start)
      throw this.#broken(`a value of ${count} bytes with ${this.#end - start} left`);
    this.#position = start + count;
    return start;
  }

  #broken(what: string): Refusal {
    return new Refusal('undecodable', `broken protobuf at byte ${this.#position}: ${what}`);
  }
}

import { Buffer } from 'node:buffer';

const WIRE_LENGTH = 2;
const WIRE_BYTES: Readonly<Record<number, number>> = { 1: 8, 5: 4 };
/** Deeper bytes stay bytes: enough for every level of a request and some of nested values. */
const DEPTH_MAX = 14;

/** One protobuf field without knowledge of its type. */
export interface WireField {
  /** Field number × 8 + wire type. */
  readonly tag: number;
  /** Without the length of a length-delimited field; a varint as it stands. */
  readonly payload: Buffer;
  /** Present when the payload reads as a message itself: then it counts instead of `payload`. */
  readonly children?: readonly WireField[];
}

/** The fields of a message, `undefined` when the bytes are none. Groups are left as bytes of their parent. */
export function parseWire(bytes: Buffer, depth = 0): WireField[] | undefined {
  const fields: WireField[] = [];
  let position = 0;
  const varintEnd = (): number => {
    let end = position;
    while (end < bytes.length && end - position < 10 && (bytes[end] ?? 0) >= 0x80) end += 1;
    return end + 1;
  };
  const varint = (end: number): number => {
    let value = 0;
    for (let index = position; index < end; index += 1)
      value += ((bytes[index] ?? 0) & 0x7f) * 2 ** (7 * (index - position));
    position = end;
    return value;
  };
  while (position < bytes.length) {
    const tag = varint(varintEnd());
    const wire = tag % 8;
    if (tag < 8 || tag > 0xffff || wire === 3 || wire === 4 || wire > 5) return undefined;
    if (wire === WIRE_LENGTH) {
      const length = varint(varintEnd());
      if (position + length > bytes.length) return undefined;
      const payload = bytes.subarray(position, position + length);
      position += length;
      const children = depth < DEPTH_MAX && length > 1 ? parseWire(payload, depth + 1) : undefined;
      fields.push(children === undefined ? { tag, payload } : { tag, payload, children });
      continue;
    }
    const end = wire === 0 ? varintEnd() : position + (WIRE_BYTES[wire] ?? 0);
    if (end > bytes.length) return undefined;
    fields.push({ tag, payload: bytes.subarray(position, end) });
    position = end;
  }
  return fields;
}

/** Where messages are written, from the end to the start: a length stands before its content and is known after it. */
let scratch: Buffer = Buffer.alloc(1_048_576);

export function encodeWire(fields: readonly WireField[]): Buffer {
  for (;;) {
    const start = writeBefore(scratch.length, fields);
    if (start >= 0) return Buffer.from(scratch.subarray(start));
    scratch = Buffer.alloc(scratch.length * 2);
  }
}

/** Writes fields so that they end at `end`; returns where they start, negative when there is no room. */
function writeBefore(end: number, fields: readonly WireField[]): number {
  let at = end;
  for (let index = fields.length - 1; index >= 0 && at >= 0; index -= 1) {
    const field = fields[index];
    if (field === undefined) continue;
    const { tag, payload, children } = field;
    const contentEnd = at;
    at =
      tag % 8 === WIRE_LENGTH && children !== undefined ? writeBefore(at, children) : copyBefore(at, payload);
    if (tag % 8 === WIRE_LENGTH) at = copyBefore(at, varintOf(contentEnd - at));
    at = copyBefore(at, varintOf(tag));
  }
  return at;
}

function copyBefore(end: number, bytes: Buffer): number {
  const start = end - bytes.length;
  if (start >= 0) bytes.copy(scratch, start);
  return start;
}

const SMALL: readonly Buffer[] = Array.from({ length: 128 }, (_, value) => Buffer.from([value]));

export function varintOf(value: number): Buffer {
  const small = SMALL[value];
  if (small !== undefined) return small;
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

import { crc32 } from 'node:zlib';
import type { RunKey } from '../runs/run-key.ts';

/** In front of every record: mark, length and CRC of what follows, CRC of these three. Little endian, 4 bytes each. */
export const HEAD_BYTES = 16;
const MARK = 0x31_53_4c_54; // "TLS1"
/** Larger than any commit can be: a length above it is damage. */
const BODY_BYTES_MAX = 1_073_741_824;
/** In front of a body: the length of its description. */
const LENGTH_BYTES = 4;

/** What a record says about its commit, as JSON. */
export interface Description {
  /** Keys of its requests, which its token is made of, and how many batches belong to each, in their order. */
  readonly requests: readonly { readonly key: string; readonly batches: number }[];
  readonly runs: readonly RunKey[];
  readonly rows: number;
  /** When it was spooled, epoch ms. */
  readonly at: number;
}

/** One spooled commit. */
export interface SpoolRecord extends Description {
  /** Its batches, as `BatchWriter.pack` made them. */
  readonly packed: Uint8Array;
}

/** The bytes of a record, copied: what they are made of may be used again at once. */
export function encodeRecord(description: Description, packed: readonly Uint8Array[]): Buffer {
  const text = Buffer.from(JSON.stringify(description));
  const head = Buffer.alloc(HEAD_BYTES + LENGTH_BYTES);
  head.writeUInt32LE(text.length, HEAD_BYTES);
  const record = Buffer.concat([head, text, ...packed]);
  const body = record.subarray(HEAD_BYTES);
  record.writeUInt32LE(MARK, 0);
  record.writeUInt32LE(body.length, 4);
  record.writeUInt32LE(crc32(body), 8);
  record.writeUInt32LE(crc32(record.subarray(0, 12)), 12);
  return record;
}

/** Bytes of the whole record whose head this is; `undefined` when it is none. */
export function recordBytes(head: Buffer): number | undefined {
  if (head.length < HEAD_BYTES || head.readUInt32LE(0) !== MARK) return undefined;
  if (head.readUInt32LE(12) !== crc32(head.subarray(0, 12))) return undefined;
  const length = head.readUInt32LE(4);
  return length > BODY_BYTES_MAX ? undefined : HEAD_BYTES + length;
}

/** The record; `undefined` when its bytes are not those that were written. */
export function decodeRecord(bytes: Buffer): SpoolRecord | undefined {
  if (recordBytes(bytes) !== bytes.length) return undefined;
  const body = bytes.subarray(HEAD_BYTES);
  if (body.length < LENGTH_BYTES || bytes.readUInt32LE(8) !== crc32(body)) return undefined;
  const end = LENGTH_BYTES + body.readUInt32LE(0);
  const description: Description = JSON.parse(body.toString('utf8', LENGTH_BYTES, end));
  return { ...description, packed: body.subarray(end) };
}

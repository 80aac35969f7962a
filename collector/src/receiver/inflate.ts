import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import type { BudgetShare } from '../commit/byte-budget.ts';
import { Refusal } from '../errors.ts';
import { overloaded } from './request-body.ts';

/** How a body is compressed. `deflate` is zlib's format, as in HTTP. */
export type Compression = 'identity' | 'gzip' | 'deflate' | 'zstd';

/**
 * Up to this many compressed bytes a body is inflated on the spot: the thread pool costs more than it saves. Larger ones
 * go to the pool, so that they do not hold up other requests.
 */
const INFLATE_INLINE_BYTES_MAX = 131_072;

/** What of a body is inflated on the spot before it goes to the pool after all: few bytes may become many. */
const INFLATED_INLINE_BYTES_MAX = 4_194_304;

interface Codec {
  readonly inline: (bytes: Buffer, options: { maxOutputLength: number }) => Buffer;
  readonly stream: (options: { chunkSize: number }) => Transform;
}

/** Output of one step in the pool, bytes. */
const INFLATE_CHUNK_BYTES = 262_144;

const CODECS: Readonly<Record<Exclude<Compression, 'identity'>, Codec>> = {
  gzip: { inline: zlib.gunzipSync, stream: zlib.createGunzip },
  deflate: { inline: zlib.inflateSync, stream: zlib.createInflate },
  zstd: { inline: zlib.zstdDecompressSync, stream: zlib.createZstdDecompress },
};

export function requireCompression(contentEncoding: string | undefined): Compression {
  const name = contentEncoding?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') return 'identity';
  if (name === 'gzip' || name === 'x-gzip') return 'gzip';
  if (name === 'deflate' || name === 'zstd') return name;
  throw new Refusal(
    'unsupported_encoding',
    `content-encoding ${JSON.stringify(contentEncoding)}: expected gzip, deflate, zstd or none`,
  );
}

/**
 * Inflates a body; stops at `bytesMax` of output, however little came in, and at the end of the budget (`overloaded`). The
 * share has counted the body as it came and counts the result afterwards.
 */
export async function inflate(
  body: Buffer,
  compression: Compression,
  bytesMax: number,
  share: BudgetShare,
): Promise<Buffer> {
  if (compression === 'identity') return body;
  const codec = CODECS[compression];
  try {
    const inflated =
      inline(codec, body, bytesMax, share) ??
      (await pooled(codec.stream({ chunkSize: INFLATE_CHUNK_BYTES }), body, bytesMax, share));
    share.grow(-body.length);
    return inflated;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new Refusal('bad_compression', `the body is not valid ${compression} (${code})`);
  }
}

/** `undefined` when the body, or what comes out of it, is too much to do while everything else waits. */
function inline(codec: Codec, body: Buffer, bytesMax: number, share: BudgetShare): Buffer | undefined {
  if (body.length > INFLATE_INLINE_BYTES_MAX) return undefined;
  const maxOutputLength = Math.min(bytesMax, INFLATED_INLINE_BYTES_MAX);
  try {
    return counted(codec.inline(body, { maxOutputLength }), share);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')) throw error;
    if (maxOutputLength === bytesMax) throw inflatesTooLarge(bytesMax);
    return undefined;
  }
}

function counted(bytes: Buffer, share: BudgetShare): Buffer {
  if (!share.grow(bytes.length)) throw overloaded();
  return bytes;
}

/** Counts while it inflates: many at once would fill the memory before the first of them is whole. */
async function pooled(
  stream: Transform,
  body: Buffer,
  bytesMax: number,
  share: BudgetShare,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  stream.end(body);
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length > bytesMax) throw inflatesTooLarge(bytesMax);
    chunks.push(counted(chunk, share));
  }
  return Buffer.concat(chunks);
}

function inflatesTooLarge(bytesMax: number): Refusal {
  return new Refusal('too_large', `the body inflates to more than ${bytesMax} bytes: send smaller batches`);
}

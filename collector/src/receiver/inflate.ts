import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { Refusal } from '../errors.ts';

/** How a body is compressed. `deflate` is zlib's format, as in HTTP. */
export type Compression = 'identity' | 'gzip' | 'deflate' | 'zstd';

/**
 * Up to this many compressed bytes a body is inflated on the spot: the thread pool costs more than it saves. Larger ones
 * go to the pool, so that they do not hold up other requests.
 */
const INFLATE_INLINE_BYTES_MAX = 131_072;

interface Codec {
  readonly inline: (bytes: Buffer, options: { maxOutputLength: number }) => Buffer;
  readonly pooled: (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;
}

const CODECS: Readonly<Record<Exclude<Compression, 'identity'>, Codec>> = {
  gzip: { inline: zlib.gunzipSync, pooled: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip) },
  deflate: { inline: zlib.inflateSync, pooled: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate) },
  zstd: {
    inline: zlib.zstdDecompressSync,
    pooled: promisify<Buffer, zlib.ZstdOptions, Buffer>(zlib.zstdDecompress),
  },
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

/** Inflates a body; stops at `bytesMax` of output, however little came in. */
export async function inflate(body: Buffer, compression: Compression, bytesMax: number): Promise<Buffer> {
  if (compression === 'identity') return body;
  const codec = CODECS[compression];
  const options = { maxOutputLength: bytesMax };
  try {
    return body.length <= INFLATE_INLINE_BYTES_MAX
      ? codec.inline(body, options)
      : await codec.pooled(body, options);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw new Refusal(
        'too_large',
        `the body inflates to more than ${bytesMax} bytes: send smaller batches`,
      );
    throw new Refusal('bad_compression', `the body is not valid ${compression} (${code})`);
  }
}

import type { IncomingMessage } from 'node:http';
import type { BudgetShare } from '../commit/byte-budget.ts';
import { Refusal } from '../errors.ts';
import { BUFFERS } from '../store/buffer-pool.ts';

/** Refuses a body by its declared length, before a byte of it is read: it is too large, or more than there is room for now. */
export function checkDeclaredLength(request: IncomingMessage, bytesMax: number, bytesLeft: number): void {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > bytesMax) throw tooLarge(bytesMax);
  if (declared > bytesLeft) throw overloaded();
}

/** A body as it was sent. Its memory is used again: nobody may read `bytes` after `release`. */
export interface SentBody {
  readonly bytes: Buffer;
  release(): void;
}

/**
 * Reads a body, counting while it arrives: most exporters send it chunked, without a length. Refuses it at the first byte
 * over `bytesMax` (`too_large`) or over the budget (`overloaded`).
 */
export async function readBody(
  request: IncomingMessage,
  bytesMax: number,
  share: BudgetShare,
): Promise<SentBody> {
  const body = new GrowingBody(Number(request.headers['content-length'] ?? 0));
  return await new Promise<SentBody>((resolve, reject) => {
    const refuse = (refusal: Refusal): void => {
      request.removeListener('data', onData);
      request.pause();
      body.take().release();
      reject(refusal);
    };
    const onData = (chunk: Buffer): void => {
      if (body.length + chunk.length > bytesMax) refuse(tooLarge(bytesMax));
      else if (!share.grow(chunk.length)) refuse(overloaded());
      else body.add(chunk);
    };
    request.on('data', onData);
    request.once('end', () => resolve(body.take()));
    request.once('error', () =>
      refuse(new Refusal('incomplete_body', 'the connection broke inside the body')),
    );
  });
}

/** Most memory that is taken for a declared length, bytes; the rest as it comes. */
const DECLARED_BYTES_MAX = 2_097_152;
const NOTHING: Buffer = Buffer.alloc(0);

/** Chunks in one buffer. The request lives until it is answered, and its listeners with it: `take` leaves nothing behind. */
class GrowingBody {
  readonly #expected: number;
  #buffer = NOTHING;
  length = 0;

  constructor(expected: number) {
    this.#expected = Math.min(expected, DECLARED_BYTES_MAX);
  }

  add(chunk: Buffer): void {
    const length = this.length + chunk.length;
    if (length > this.#buffer.length) {
      const grown = BUFFERS.take(Math.max(length, this.length * 2, this.length === 0 ? this.#expected : 0));
      this.#buffer.copy(grown, 0, 0, this.length);
      BUFFERS.give(this.#buffer);
      this.#buffer = grown;
    }
    chunk.copy(this.#buffer, this.length);
    this.length = length;
  }

  take(): SentBody {
    let buffer: Buffer | undefined = this.#buffer;
    const bytes = buffer.subarray(0, this.length);
    this.#buffer = NOTHING;
    this.length = 0;
    return {
      bytes,
      release: () => {
        if (buffer !== undefined) BUFFERS.give(buffer);
        buffer = undefined;
      },
    };
  }
}

export function overloaded(): Refusal {
  return new Refusal('overloaded', 'too many bytes are waiting to be stored: send again later');
}

function tooLarge(bytesMax: number): Refusal {
  return new Refusal('too_large', `the body is larger than ${bytesMax} bytes: send smaller batches`);
}

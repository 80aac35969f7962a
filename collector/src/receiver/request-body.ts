import type { IncomingMessage } from 'node:http';
import type { BudgetShare } from '../commit/byte-budget.ts';
import { Refusal } from '../errors.ts';

/** Refuses a body by its declared length, before a byte of it is read: it is too large, or more than there is room for now. */
export function checkDeclaredLength(request: IncomingMessage, bytesMax: number, bytesLeft: number): void {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > bytesMax) throw tooLarge(bytesMax);
  if (declared > bytesLeft) throw overloaded();
}

/**
 * Reads a body, counting while it arrives: most exporters send it chunked, without a length. Refuses it at the first byte
 * over `bytesMax` (`too_large`) or over the budget (`overloaded`).
 */
export async function readBody(
  request: IncomingMessage,
  bytesMax: number,
  share: BudgetShare,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  return await new Promise<Buffer>((resolve, reject) => {
    const refuse = (refusal: Refusal): void => {
      request.removeListener('data', onData);
      request.pause();
      reject(refusal);
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > bytesMax) refuse(tooLarge(bytesMax));
      else if (!share.grow(chunk.length)) refuse(overloaded());
      else chunks.push(chunk);
    };
    request.on('data', onData);
    // The request lives until it is answered, and with it whatever its listeners hold.
    request.once('end', () => resolve(whole(chunks.splice(0))));
    request.once('error', () =>
      refuse(new Refusal('incomplete_body', 'the connection broke inside the body')),
    );
  });
}

function whole(chunks: readonly Buffer[]): Buffer {
  return chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks);
}

export function overloaded(): Refusal {
  return new Refusal('overloaded', 'too many bytes are waiting to be stored: send again later');
}

function tooLarge(bytesMax: number): Refusal {
  return new Refusal('too_large', `the body is larger than ${bytesMax} bytes: send smaller batches`);
}

import type { BudgetShare } from '../commit/byte-budget.ts';
import { inflate, requireCompression } from './inflate.ts';
import { overloaded } from './request-body.ts';

/** In front of a message: whether it is compressed, and its length. */
const FRAME_BYTES = 5;

/** How the message of one call reaches us. */
export interface MessageForm {
  /** As it was sent, with its frame; otherwise the library has inflated it. */
  readonly isFramed: boolean;
  /** Of the call; each message says whether it is used. */
  readonly encoding: string;
}

/**
 * Keeps the library from inflating the messages of a call: it does so for all of them at once, without regard to what is in
 * memory already. What is replaced is its own affair; a version that has it no more inflates as it likes.
 */
export function leaveFramed(call: object): boolean {
  if (!('decompressMessage' in call) || typeof call.decompressMessage !== 'function') return false;
  Object.assign(call, { decompressMessage: (frame: Buffer) => frame });
  return true;
}

/** What the headers of a call said about its messages, which the library keeps to itself. */
export function encodingOf(call: object): string {
  return 'incomingEncoding' in call && typeof call.incomingEncoding === 'string'
    ? call.incomingEncoding
    : 'identity';
}

/** The message, inflated within its limit and the budget. The share counts the result. Throws a `Refusal`. */
export async function messageOf(
  sent: Buffer,
  { isFramed, encoding }: MessageForm,
  bytesMax: number,
  share: BudgetShare,
): Promise<Buffer> {
  const message = isFramed ? sent.subarray(FRAME_BYTES) : sent;
  const compression = isFramed && sent[0] === 1 ? requireCompression(encoding) : 'identity';
  if (!share.grow(message.length)) throw overloaded();
  return await inflate(message, compression, bytesMax, share);
}

import { isUtf8 } from 'node:buffer';
import { Refusal } from '../errors.ts';

/** A number of 16 digits or more behind `:`, `[` or `,`: it may not survive as a double. Also matches inside texts. */
const LONG_NUMBER = /[[:,]\s*-?\d{16,}/;
const INTEGER = /^-?\d+$/;

/**
 * Parses a JSON body. Integers beyond 2^53 become `bigint` instead of losing digits; the slower reviver that this needs
 * runs only when the text holds such a number. A byte order mark is skipped, text that is not UTF-8 is refused.
 */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) throw new Refusal('undecodable', 'the body is empty: an empty request is {}');
  checkUtf8(bytes);
  return parseText(bytes.toString('utf8', hasByteOrderMark(bytes) ? 3 : 0));
}

/** Refuses what is not UTF-8, returns what is. */
export function checkUtf8(bytes: Buffer): Buffer {
  if (!isUtf8(bytes)) throw new Refusal('undecodable', 'the body is not valid UTF-8');
  return bytes;
}

/** Parses a part of a body that is known to be UTF-8. @param path where it stands, `''` when that is not known */
export function parseJsonPart(bytes: Buffer, path: string): unknown {
  return parseText(bytes.toString('utf8'), path);
}

function parseText(text: string, path = ''): unknown {
  const what = path === '' ? 'the body is ' : '';
  try {
    const parsed: unknown = LONG_NUMBER.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
    return parsed;
  } catch (error) {
    // Node quotes the text around the fault; an answer must not repeat content.
    const position = error instanceof Error ? /position \d+/.exec(error.message)?.[0] : undefined;
    throw new Refusal('undecodable', `${what}not valid JSON${position ? ` (at ${position})` : ''}`, path);
  }
}

function hasByteOrderMark(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || Number.isSafeInteger(value) || source === undefined) return value;
  return INTEGER.test(source) ? BigInt(source) : value;
}

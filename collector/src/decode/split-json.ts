import { Buffer } from 'node:buffer';
import { Refusal } from '../errors.ts';
import { ITEMS_PER_REQUEST_MAX, NESTED_VALUES_MAX } from '../limits.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const OPEN_ARRAY = 0x5b;
const CLOSE_OBJECT = 0x7d;
const CLOSE_ARRAY = 0x5d;
/** What spans and log records lie in: the request, its envelopes, one of them, its groups, one of them, its items. */
const AROUND_ITEMS = [OPEN_OBJECT, OPEN_ARRAY, OPEN_OBJECT, OPEN_ARRAY, OPEN_OBJECT, OPEN_ARRAY] as const;
/** Texts that go on after this many bytes are searched for their end by the machine's own means. */
const SHORT_TEXT_BYTES = 32;

/** A request in JSON without its items, and where these lie. */
export interface SplitJson {
  /** The whole text, with `{"":<number>}` in the place of each item. */
  readonly frame: Buffer;
  /** Bytes of each item, or the reason why it is left out. */
  readonly items: readonly (Buffer | string)[];
}

/**
 * Takes the spans or log records out of a request, by brackets alone: what is wrong inside stays where it is, for whoever
 * parses the parts. Parsed as a whole, a large body would hold up everything else, and take ten times its size.
 */
export function splitJson(bytes: Buffer): SplitJson {
  const parts: Buffer[] = [];
  const items: (Buffer | string)[] = [];
  const around = new Uint8Array(AROUND_ITEMS.length);
  let depth = 0;
  let itemStart = -1;
  let nested = 0;
  let copied = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) at = endOfText(bytes, at);
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      if (depth < AROUND_ITEMS.length) around[depth] = byte;
      else if (depth === AROUND_ITEMS.length && byte === OPEN_OBJECT && liesInItems(around)) {
        itemStart = at;
        nested = 0;
      }
      depth += 1;
      nested += 1;
    } else if (byte === COMMA) nested += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      depth -= 1;
      if (depth !== AROUND_ITEMS.length || itemStart < 0) continue;
      if (items.length === ITEMS_PER_REQUEST_MAX)
        throw new Refusal(
          'too_many_items',
          `more than ${ITEMS_PER_REQUEST_MAX} spans or log records in one request: send smaller batches`,
        );
      parts.push(bytes.subarray(copied, itemStart), Buffer.from(`{"":${items.length}}`));
      items.push(
        nested > NESTED_VALUES_MAX
          ? `more than ${NESTED_VALUES_MAX} values inside others`
          : bytes.subarray(itemStart, at + 1),
      );
      copied = at + 1;
      itemStart = -1;
    }
  }
  parts.push(bytes.subarray(copied));
  return { frame: Buffer.concat(parts), items };
}

function liesInItems(around: Uint8Array): boolean {
  return AROUND_ITEMS.every((byte, depth) => around[depth] === byte);
}

/** Where the quote is that ends a text, or the end of the body when there is none. */
function endOfText(bytes: Buffer, start: number): number {
  const short = Math.min(bytes.length, start + SHORT_TEXT_BYTES);
  let at = start + 1;
  for (; at < short; at += 1) {
    if (bytes[at] === BACKSLASH) at += 1;
    else if (bytes[at] === QUOTE) return at;
  }
  // An escaped byte may have been stepped over just before: `at` is behind it.
  for (let end = bytes.indexOf(QUOTE, at); end >= 0; end = bytes.indexOf(QUOTE, end + 1)) {
    let escapes = 0;
    while (end - 1 - escapes >= at && bytes[end - 1 - escapes] === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return end;
  }
  return bytes.length;
}

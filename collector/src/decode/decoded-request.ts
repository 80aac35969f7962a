import { PARTS_PER_ITEM_MAX } from '../limits.ts';
import type { DecodedLog, DecodedSpan, Resource, Scope } from '../records.ts';

/** One span or log record that is left out while its neighbours are kept. Never quotes content. */
export interface Rejection {
  /** For example `resourceSpans[0].scopeSpans[0].spans[3].traceId`. */
  readonly field: string;
  /** For example `15 bytes, expected 16`. */
  readonly problem: string;
}

/** What came out of one export request. `warnings` are odd but accepted things about the request as a whole. */
export interface DecodedRequest<T extends DecodedSpan | DecodedLog> {
  readonly items: readonly T[];
  readonly rejected: readonly Rejection[];
  readonly warnings: readonly string[];
}

/**
 * A request that is decoded while its items are taken, a slice at a time, so that what is made of one slice is garbage before
 * the collector looks: with a whole request under way it copied megabytes in every run. Taking a slice throws a `Refusal`
 * when the body is broken there.
 */
export interface SlicedRequest<T extends DecodedSpan | DecodedLog> {
  /** To be taken once. */
  readonly slices: Iterable<readonly T[]>;
  /** Complete when all slices have been taken, as are `warnings`. */
  readonly rejected: readonly Rejection[];
  readonly warnings: ReadonlySet<string>;
}

/** Items between decoding and encoding at a time. */
const ITEMS_PER_SLICE = 64;
/** …unless they are large: bytes of the body. */
const BYTES_PER_SLICE = 524_288;

/** How far a decoder has come. */
export interface Progress {
  /** Bytes of the body, counted by items that have been read. */
  bytes: number;
}

/** Sorts items from rejections and cuts them into slices. */
export function* slicesOf<T extends DecodedSpan | DecodedLog>(
  items: Iterable<T | Rejection>,
  rejected: Rejection[],
  progress: Progress,
): Generator<readonly T[]> {
  let slice: T[] = [];
  let sliceEnd = BYTES_PER_SLICE;
  for (const item of items) {
    if ('problem' in item) {
      rejected.push(item);
      continue;
    }
    slice.push(item);
    if (slice.length < ITEMS_PER_SLICE && progress.bytes < sliceEnd) continue;
    yield slice;
    slice = [];
    sliceEnd = progress.bytes + BYTES_PER_SLICE;
  }
  if (slice.length > 0) yield slice;
}

/** All items at once. */
export function wholeRequest<T extends DecodedSpan | DecodedLog>(
  request: SlicedRequest<T>,
): DecodedRequest<T> {
  const items = [...request.slices].flat();
  return { items, rejected: request.rejected, warnings: [...request.warnings] };
}

export type Signal = 'traces' | 'logs';

/** Who emitted an item. One object per group, shared by its items. */
export interface Owner {
  readonly resource: Resource;
  readonly scope: Scope;
}

/** Whether this part of an item is still read. */
export function isRoomFor(part: number): boolean {
  return part <= PARTS_PER_ITEM_MAX;
}

/** Why an item of so many attributes, events and links is left out, if it is: one alone could hold up everything else. */
export function partsProblem(parts: number, path: string): Rejection | undefined {
  if (parts <= PARTS_PER_ITEM_MAX) return undefined;
  const problem = `more than ${PARTS_PER_ITEM_MAX} attributes, events and links`;
  return { field: path, problem };
}

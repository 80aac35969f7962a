import type { Ask } from './ask.ts';
import type { SqlValue } from './driver.ts';
import type { SpanRow } from './row-views.ts';
import { spansById } from './span-queries.ts';
import { StoreError } from './store-error.ts';

/** Content that one question is meant to bring, bytes: it is held some five times on its way, by the engine and as JSON. */
const PORTION_BYTES = 4 * 1024 * 1024;
/** What the engine may answer at most, in its memory: then fewer spans are asked for. */
const PORTION_BYTES_MAX: number = 16 * 1024 * 1024;
/** Spans of the first question, whose size nobody knows. */
const FIRST_PORTION = 64;
/** How fast portions grow while spans turn out to be small, and shrink when they are too large. */
const PORTION_FACTOR = 16;
/** The engine's word for an answer above `bytesMax`. */
const TOO_MUCH = 'TOO_MANY_ROWS_OR_BYTES';

/** A span's place: by its ids, and when it starts in the engine's form. */
export interface SpanPlace {
  readonly trace_id: string;
  readonly span_id: string;
  readonly start: string;
}

/** What the spans are among: their run, and the range of their starts. */
export type SpanRange = Readonly<Record<'project' | 'run' | 'first' | 'last', string>>;

/** Spans with all their content, in the order of their places, and how many of the places they take. */
export interface WholeSpans {
  readonly rows: readonly SpanRow[];
  readonly places: number;
}

/**
 * Reads as many whole spans as have at most `bytesMax` of content together, at least one. How large a span is shows when it has
 * been read, since to have the engine tell it reads it as well: so portion after portion is read, each as many spans as the
 * ones before let expect to be {@link PORTION_BYTES}.
 */
export async function readWholeSpans(
  ask: Ask,
  range: SpanRange,
  places: readonly SpanPlace[],
  bytesMax: number,
): Promise<WholeSpans> {
  const rows: SpanRow[] = [];
  let taken = 0;
  let total = 0;
  let count = FIRST_PORTION;
  while (taken < places.length) {
    const portion = places.slice(taken, taken + count);
    const found = await readPortion(ask, range, portion);
    if (found === undefined) {
      count = Math.ceil(portion.length / PORTION_FACTOR);
      continue;
    }
    for (const place of portion) {
      const row = found.get(spanKey(place));
      const bytes = row === undefined ? 0 : contentBytes(row);
      if (rows.length > 0 && total + bytes > bytesMax) return { rows, places: taken };
      if (row !== undefined) rows.push(row);
      total += bytes;
      taken += 1;
    }
    const aim = Math.min(PORTION_BYTES, bytesMax - total);
    const likely = Math.ceil((aim * taken) / Math.max(total, 1));
    count = Math.max(1, Math.min(likely, count * PORTION_FACTOR));
  }
  return { rows, places: taken };
}

/** By {@link spanKey}; `undefined` when that is too much for one question. A single span is read whatever its size. */
async function readPortion(
  ask: Ask,
  range: SpanRange,
  places: readonly SpanPlace[],
): Promise<ReadonlyMap<string, SpanRow> | undefined> {
  const limit = places.length === 1 ? {} : { bytesMax: PORTION_BYTES_MAX };
  const rows = await unlessTooMuch(ask<SpanRow>(spansById('full'), amongPlaces(range, places), limit));
  return rows && new Map(rows.map((row) => [spanKey(row), row]));
}

/** `undefined` for an answer that was larger than its `bytesMax`. */
export async function unlessTooMuch<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (StoreError.isInstance(error) && error.code === TOO_MUCH) return undefined;
    throw error;
  }
}

/** Parameters of a question about these spans, which are in order of start. */
export function amongPlaces(
  range: SpanRange,
  places: readonly SpanPlace[],
): Readonly<Record<string, SqlValue>> {
  return {
    ...range,
    first: places[0]?.start ?? range.first,
    last: places.at(-1)?.start ?? range.last,
    traces: [...new Set(places.map((place) => place.trace_id))],
    spans: places.map((place) => place.span_id),
  };
}

/** Ids of spans are told apart within a trace only. */
export function spanKey(span: Pick<SpanPlace, 'trace_id' | 'span_id'>): string {
  return `${span.trace_id}:${span.span_id}`;
}

function contentBytes(row: SpanRow): number {
  const texts = [row.input_text, row.output_text, row.instructions_text, row.definitions_text];
  const maps = [row.attribute_texts, ...row.event_attributes];
  return [...texts, ...maps.flatMap((map) => Object.values(map))].reduce(
    (bytes, text) => bytes + Buffer.byteLength(text),
    0,
  );
}

import { expect, test } from 'vitest';
import type { Ask } from './ask.ts';
import { StoreError } from './store-error.ts';
import { readWholeSpans, type SpanPlace } from './whole-spans.ts';

const RANGE = { project: 'p', run: 'r', first: '', last: '' };
const MIB = 1024 ** 2;

function placesOf(count: number): SpanPlace[] {
  return Array.from({ length: count }, (_, index) => ({
    trace_id: 't',
    span_id: String(index),
    start: String(index),
  }));
}

/** Answers with spans of so many bytes each, in no order, and refuses what is above the limit as the engine does. */
function answering(bytesOf: (span: number) => number): { ask: Ask; asked: number[] } {
  const asked: number[] = [];
  const ask: Ask = async <T>(
    _: string,
    { spans }: Parameters<Ask>[1],
    options: Parameters<Ask>[2],
  ): Promise<T[]> => {
    if (!Array.isArray(spans)) throw new TypeError('expected spans');
    asked.push(spans.length);
    const bytes = spans.reduce((sum: number, id: unknown) => sum + bytesOf(Number(id)), 0);
    if (bytes > (options?.bytesMax ?? Number.POSITIVE_INFINITY))
      throw new StoreError('TOO_MANY_ROWS_OR_BYTES', 'too much');
    const rows = spans.map((id: unknown) => ({
      trace_id: 't',
      span_id: String(id),
      input_text: 'ü'.repeat(bytesOf(Number(id)) / 2),
      output_text: '',
      instructions_text: '',
      definitions_text: '',
      attribute_texts: {},
      event_attributes: [],
    }));
    return JSON.parse(JSON.stringify(rows.toReversed()));
  };
  return { ask, asked };
}

test('as many spans as fit are read, in order, a few megabytes at a time and hardly more than are shown', async () => {
  const { ask, asked } = answering(() => 64 * 1024);
  const { rows, places } = await readWholeSpans(ask, RANGE, placesOf(1_000), 16 * MIB);
  expect(places).toBe(256);
  expect(rows.map((row) => Number(row.span_id))).toEqual(Array.from({ length: 256 }, (_, index) => index));
  expect(Math.max(...asked)).toBeLessThanOrEqual(65);
  expect(asked.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(256 + 65);
});

test('of small spans a thousand need two questions', async () => {
  const { ask, asked } = answering(() => 2_000);
  expect((await readWholeSpans(ask, RANGE, placesOf(1_000), 16 * MIB)).places).toBe(1_000);
  expect(asked).toEqual([64, 936]);
});

test('spans that are too large for one question are asked for a few at a time, and one is always read', async () => {
  const { ask, asked } = answering((span) => (span === 0 ? 20 * MIB : 1 * MIB));
  expect((await readWholeSpans(ask, RANGE, placesOf(100), 16 * MIB)).places).toBe(1);
  expect(asked.slice(0, 3)).toEqual([64, 4, 1]);
  expect((await readWholeSpans(ask, RANGE, placesOf(100).slice(1), 16 * MIB)).places).toBe(16);
});

test('a span that is gone meanwhile takes its place all the same', async () => {
  const { ask } = answering(() => 2);
  const without: Ask = async <T>(...asked: Parameters<Ask>): Promise<T[]> =>
    (await ask<T>(...asked)).slice(1);
  const { rows, places } = await readWholeSpans(without, RANGE, placesOf(3), MIB);
  expect([rows.length, places]).toEqual([2, 3]);
});

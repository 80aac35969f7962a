import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SpanRecord } from '../records.ts';
import { BARE_SPANS_PER_PAGE_MAX, WHOLE_BYTES_PER_PAGE_MAX } from './run-spans.ts';
import { PREVIEW_CHARACTERS } from './span-queries.ts';
import type { SpanContent, SpanView, Store } from './store.ts';
import { SAMPLE_START_NS, sampleLog, sampleModelCall } from './testing/sample-records.ts';
import { openTemporaryStore, type TemporaryStore } from './testing/temporary-store.ts';

const RUN = 'a'.repeat(32);
/** More than a page of whole spans holds. */
const SPANS = 60;
const TEXT = 'x'.repeat(512 * 1024);

let temporary: TemporaryStore;
let store: Store;
beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  const spans = Array.from({ length: SPANS }, (_, index) =>
    call(index, {
      input: `${index} ${TEXT}`,
      output: 'short',
      attributes: new Map([
        ['k', 'v'],
        ['long', 'y'.repeat(1_000)],
      ]),
    }),
  );
  await store.write({ spans, logs: [], outcomes: [] }, 'large');
});
afterAll(async () => await temporary.remove());

function call(index: number, fields: Partial<SpanRecord> = {}): SpanRecord {
  return sampleModelCall({
    spanId: String(index).padStart(16, '0'),
    startUnixNano: SAMPLE_START_NS + BigInt(index),
    ...fields,
  });
}

async function pagesOf(content: SpanContent, limit?: number): Promise<SpanView[][]> {
  const pages: SpanView[][] = [];
  let offset: number | undefined = 0;
  while (offset !== undefined) {
    const page = await store.readSpans('p', RUN, {
      offset,
      content,
      ...(limit === undefined ? {} : { limit }),
    });
    pages.push([...page.spans]);
    offset = page.next;
  }
  return pages;
}

test('pages of whole spans end before they grow too large, and together are the run', async () => {
  const pages = await pagesOf('full');
  expect(pages.length).toBeGreaterThan(1);
  for (const page of pages) {
    expect(page.reduce((sum, span) => sum + span.input.length, 0)).toBeLessThanOrEqual(
      WHOLE_BYTES_PER_PAGE_MAX,
    );
  }
  const spans = pages.flat();
  expect(spans.map((span) => Number(span.spanId))).toEqual(
    Array.from({ length: SPANS }, (_, index) => index),
  );
  expect(spans.every((span, index) => span.input === `${index} ${TEXT}`)).toBe(true);
});

test.each([
  ['preview', { input: `7 ${TEXT}`.slice(0, PREVIEW_CHARACTERS), output: 'short', attributes: { k: 'v' } }],
  ['none', { input: '', output: '', attributes: {} }],
] as const)('with content %s all spans of a large run fit on one page', async (content, seventh) => {
  const [page, ...others] = await pagesOf(content);
  expect(others).toEqual([]);
  expect(page).toHaveLength(SPANS);
  expect(page?.[7]).toMatchObject({ ...seventh, name: 'chat m', kind: 'llm', parentSpanId: '1'.repeat(16) });
});

test('pages meet without gap or repetition', async () => {
  for (const content of ['full', 'preview', 'none'] as const) {
    const ids = (await pagesOf(content, 25)).map((page) => page.map((span) => Number(span.spanId)));
    expect(ids.map((page) => page.length)).toEqual([25, 25, 10]);
    expect(ids.flat()).toEqual(Array.from({ length: SPANS }, (_, index) => index));
  }
});

test('one span is read whole, by itself', async () => {
  const span = await store.readSpan('p', RUN, '7'.padStart(16, '0'));
  expect(span?.input).toBe(`7 ${TEXT}`);
  expect(span?.attributes).toEqual({ k: 'v', long: 'y'.repeat(1_000) });
  expect(await store.readSpan('p', RUN, 'none')).toBeUndefined();
  expect(await store.readSpan('other', RUN, '7'.padStart(16, '0'))).toBeUndefined();
  expect(await store.readSpans('other', RUN)).toEqual({ spans: [] });
});

test('content that came as a log record is there in a preview and in a span read by itself', async () => {
  const ids = { runId: 'b'.repeat(32), traceId: 'b'.repeat(32) };
  const bare = call(1, { ...ids, input: '', output: '' });
  const log = sampleLog({
    ...ids,
    spanId: bare.spanId,
    eventName: 'gen_ai.user.message',
    body: '{"content":"hello"}',
  });
  await store.write({ spans: [bare], logs: [log], outcomes: [] }, 'by log');
  const preview = await store.readSpans('p', ids.runId, { content: 'preview' });
  expect(preview.spans[0]?.input).toContain('hello');
  expect((await store.readSpan('p', ids.runId, bare.spanId))?.input).toContain('hello');
});

test('without content a run of ten thousand spans is one page', async () => {
  const ids = { runId: 'c'.repeat(32), traceId: 'c'.repeat(32) };
  const spans = Array.from({ length: BARE_SPANS_PER_PAGE_MAX }, (_, index) =>
    call(index, { ...ids, input: 'i' }),
  );
  await store.write({ spans, logs: [], outcomes: [] }, 'many');
  const page = await store.readSpans('p', ids.runId, { content: 'none' });
  expect(page.spans).toHaveLength(BARE_SPANS_PER_PAGE_MAX);
  expect(page.next).toBeUndefined();
});

import { afterEach, expect, test } from 'vitest';
import type { DecodedSpan } from './records.ts';
import { encodeJson, encodeProtobuf } from './testing/fuzz/encode-request.ts';
import { EVERY_SPAN_FIELD } from './testing/fuzz/every-field.ts';
import { post } from './testing/post.ts';
import { RunningCollectors } from './testing/running-collectors.ts';

const collectors = new RunningCollectors();
afterEach(() => collectors.stop());

const SPANS: readonly DecodedSpan[] = Array.from({ length: 900 }, (_, index) => ({
  ...EVERY_SPAN_FIELD,
  spanId: (index + 1).toString(16).padStart(16, '0'),
  attributes: new Map([['text', 'some words '.repeat(300)]]),
}));

test.each([
  ['application/x-protobuf', encodeProtobuf(SPANS)],
  ['application/json', encodeJson('traces', SPANS)],
])('a large body of %s is stored once, however often it is sent', async (type, body) => {
  expect(body.length).toBeGreaterThan(2_097_152);
  const { url, store, collector } = await collectors.start({ commitIntervalMs: 0 });
  const answers = await Promise.all([post(url, body, { type }), post(url, body, { type })]);
  answers.push(await post(url, body, { type, gzip: false }));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  const ids = store.batches.flatMap(({ spans }) => spans.map(({ spanId }) => spanId));
  expect(ids).toEqual(SPANS.map(({ spanId }) => spanId));
  expect(collector.stats()).toMatchObject({
    spansReceived: SPANS.length,
    spansStored: SPANS.length,
    repeated: 2,
    bytesWaiting: 0,
  });
});

test.each([
  ['application/x-protobuf', encodeProtobuf(SPANS).subarray(0, -1), 'broken protobuf at byte'],
  [
    'application/json',
    Buffer.concat([encodeJson('traces', SPANS).subarray(0, -1), Buffer.from('x')]),
    'not valid JSON',
  ],
])('a large body of %s that is broken at its end stores nothing', async (type, body, message) => {
  const { url, store, collector } = await collectors.start();
  const answer = await post(url, body, { type });
  expect([answer.status, String(answer.body)]).toEqual([400, expect.stringContaining(message)]);
  expect(store.batches).toEqual([]);
  expect(collector.stats()).toMatchObject({ bytesWaiting: 0, refused: { undecodable: 1 } });
  // The next one has its turn.
  expect(await post(url, encodeProtobuf(SPANS))).toHaveProperty('status', 200);
});

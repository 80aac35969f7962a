import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import { EVERY_LOG_FIELD, EVERY_SPAN_FIELD } from '../testing/fuzz/every-field.ts';
import { encodeJson } from '../testing/fuzz/encode-request.ts';
import { wholeRequest } from './decoded-request.ts';
import { decodeJsonLogs, decodeJsonTraces, sliceJsonLogs, sliceJsonTraces } from './json-request.ts';
import { splitJson } from './split-json.ts';

const REQUEST = (spans: string): Buffer =>
  Buffer.from(`{"resourceSpans":[{"scopeSpans":[{"spans":[${spans}]}]}]}`);

test('items are taken out, the frame stays', () => {
  const { frame, items } = splitJson(REQUEST('{"name":"a"}, {"name":"b","events":[{"name":"c"}]} '));
  expect(String(frame)).toBe(String(REQUEST('{"":0}, {"":1} ')));
  expect(items.map(String)).toEqual(['{"name":"a"}', '{"name":"b","events":[{"name":"c"}]}']);
});

test.each([
  ['brackets', 'a}]b{['],
  ['quotes and backslashes', String.raw`\"}\\`],
  ['a backslash at the end', 'x\\\\'],
  ['a long text', `${'x'.repeat(100)}\\"}${'y'.repeat(100)}\\\\`],
  ['an escape across the end of the short look', `${'x'.repeat(30)}\\"}"`.slice(0, -1)],
])('a text is no structure: %s', (_what, text) => {
  const [before, after] = [`{"name":"${text}"}`, '{"name":"next"}'];
  expect(splitJson(REQUEST(`${before},${after}`)).items.map(String)).toEqual([before, after]);
});

test('every length of a text in front of an escape', () => {
  for (let length = 0; length < 80; length += 1) {
    const item = `{"name":"${'x'.repeat(length)}\\"}\\\\"}`;
    expect(splitJson(REQUEST(item)).items.map(String)).toEqual([item]);
  }
});

test('split requests give what they give as a whole', () => {
  const traces = encodeJson('traces', [EVERY_SPAN_FIELD, { ...EVERY_SPAN_FIELD, traceId: 'ab' }]);
  expect(wholeRequest(sliceJsonTraces(traces, 0))).toEqual(decodeJsonTraces(traces));
  const logs = encodeJson('logs', [EVERY_LOG_FIELD, EVERY_LOG_FIELD]);
  expect(wholeRequest(sliceJsonLogs(logs, 0))).toEqual(decodeJsonLogs(logs));
  const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), traces]);
  expect(wholeRequest(sliceJsonTraces(marked, 0))).toEqual(decodeJsonTraces(traces));
});

test.each([
  ['an item', '{"name":}', 'resourceSpans[0].scopeSpans[0].spans[0]: not valid JSON'],
  ['what follows the items', '{}]}]}]} x', 'the body is not valid JSON'],
  ['the end', '{"name":"a"', 'the body is not valid JSON'],
  [
    'a field',
    `{"traceId":"${'a'.repeat(32)}","spanId":"${'b'.repeat(16)}","attributes":{}}`,
    'resourceSpans[0].scopeSpans[0].spans[0].attributes: expected an array',
  ],
])('what is wrong is said where it is: %s', (_what, spans, message) => {
  expect(() => wholeRequest(sliceJsonTraces(REQUEST(spans), 0))).toThrow(message);
});

test('lists that are not known must be JSON too', () => {
  const body = Buffer.from('{"resourceSpans":[{"other":[{"things":[{"a":}]}]}]}');
  expect(() => wholeRequest(sliceJsonTraces(body, 0))).toThrow('not valid JSON');
});

test('an item of too much is left out, its neighbours are not', () => {
  const many = `{"attributes":[${'{},'.repeat(200_000)}{}]}`;
  const good = `{"traceId":"${'a'.repeat(32)}","spanId":"${'b'.repeat(16)}"}`;
  const { items, rejected } = wholeRequest(sliceJsonTraces(REQUEST(`${many},${good}`), 0));
  expect(items).toHaveLength(1);
  expect(rejected).toEqual([
    { field: 'resourceSpans[0].scopeSpans[0].spans[0]', problem: 'more than 300000 values inside others' },
  ]);
});

test('the number of items is limited before anything is made of them', () => {
  const body = REQUEST(`${'{},'.repeat(50_000)}{}`);
  expect(() => sliceJsonTraces(body, 0)).toThrow('more than 50000');
});

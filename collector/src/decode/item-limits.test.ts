import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import { NESTED_VALUES_MAX, PARTS_PER_ITEM_MAX, TEXT_READ_MAX } from '../limits.ts';
import type { AttributeValue, DecodedLog, DecodedSpan } from '../records.ts';
import { encodeJson, encodeProtobuf } from '../testing/fuzz/encode-request.ts';
import { EVERY_LOG_FIELD, EVERY_SPAN_FIELD } from '../testing/fuzz/every-field.ts';
import { decode } from '../testing/fuzz/properties.ts';

const SPAN: DecodedSpan = { ...EVERY_SPAN_FIELD, attributes: new Map(), events: [], links: [] };
const LOG: DecodedLog = { ...EVERY_LOG_FIELD, attributes: new Map() };
const MANY: ReadonlyMap<string, AttributeValue> = new Map(
  Array.from({ length: PARTS_PER_ITEM_MAX }, (_, index) => [`k${index}`, null]),
);

const TOO_MANY = {
  field: expect.stringMatching(/\[0\]$/),
  problem: 'more than 50000 attributes, events and links',
};

test('a span of too many parts is rejected alone, in both encodings', () => {
  const spans = [{ ...SPAN, attributes: MANY, links: EVERY_SPAN_FIELD.links }, SPAN];
  for (const decoded of [
    decode('traces', 'protobuf', encodeProtobuf(spans)),
    decode('traces', 'json', encodeJson('traces', spans)),
  ])
    expect(decoded).toMatchObject({ items: [{ spanId: SPAN.spanId }], rejected: [TOO_MANY] });
});

test('and so is a log record', () => {
  const logs = [{ ...LOG, attributes: new Map([...MANY, ['one', 1n]]) }, LOG];
  for (const decoded of [
    decode('logs', 'protobuf', encodeProtobuf(logs)),
    decode('logs', 'json', encodeJson('logs', logs)),
  ])
    expect(decoded).toMatchObject({ items: [{ spanId: LOG.spanId }], rejected: [TOO_MANY] });
});

test('as many as allowed are kept', () => {
  const [span] = decode('traces', 'protobuf', encodeProtobuf([{ ...SPAN, attributes: MANY }])).items;
  expect(span?.attributes.size).toBe(PARTS_PER_ITEM_MAX);
});

test('a list of too many values costs its span, not the request', () => {
  const list: AttributeValue = Array.from({ length: NESTED_VALUES_MAX + 1 }, () => null);
  const spans = [{ ...SPAN, attributes: new Map([['list', list]]) }, SPAN];
  const decoded = decode('traces', 'protobuf', encodeProtobuf(spans));
  expect(decoded).toMatchObject({
    items: [{ spanId: SPAN.spanId }],
    rejected: [{ problem: 'more than 300000 values inside others' }],
  });
});

test('of a very long text the beginning is read, the rest costs nothing', () => {
  const attributes = new Map([['text', `begin${'x'.repeat(TEXT_READ_MAX)}end`]]);
  const [one] = decode('traces', 'protobuf', encodeProtobuf([{ ...SPAN, attributes }])).items;
  const [two] = decode('traces', 'json', encodeJson('traces', [{ ...SPAN, attributes }])).items;
  const texts = [one, two].map((item) => item?.attributes.get('text'));
  const ends = (text: unknown): unknown =>
    typeof text === 'string' ? [text.length, text.slice(0, 6), text.slice(-1)] : text;
  expect(texts.map(ends)).toEqual([
    [TEXT_READ_MAX, 'beginx', 'x'],
    [TEXT_READ_MAX, 'beginx', 'x'],
  ]);
});

test('a text of many bytes per character is cut without a trace of the cut in what is stored', () => {
  const attributes = new Map([['text', 'ä'.repeat(TEXT_READ_MAX)]]);
  const [item] = decode('traces', 'protobuf', encodeProtobuf([{ ...SPAN, attributes }])).items;
  const text = item?.attributes.get('text');
  expect(typeof text === 'string' && Buffer.byteLength(text)).toBe(TEXT_READ_MAX);
  expect(item?.attributes.has('text.invalid_utf8')).toBe(false);
});

import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import { encodeWire, type WireField } from '../testing/fuzz/wire-tree.ts';
import { decodeJsonTraces } from './json-request.ts';
import { decodeProtobufLogs, decodeProtobufTraces } from './protobuf-request.ts';

// A field that appears twice in a message: scalars are replaced, messages merged, lists put together.

const text = (number: number, value: string): WireField => ({
  tag: number * 8 + 2,
  payload: Buffer.from(value),
});
const message = (number: number, ...children: WireField[]): WireField => ({
  tag: number * 8 + 2,
  payload: Buffer.alloc(0),
  children,
});
const listOf = (...values: string[]): WireField =>
  message(5, ...values.map((value) => message(1, text(1, value))));
const entry = (key: string, value: string): WireField => message(1, text(1, key), message(2, text(1, value)));

/** The value that a log body of these AnyValues reads as. */
function bodyOf(...anyValues: WireField[][]): unknown {
  const log = message(2, ...anyValues.map((fields) => message(5, ...fields)));
  return decodeProtobufLogs(encodeWire([message(1, message(2, log))])).items[0]?.body;
}

test('values that come in parts', () => {
  expect(bodyOf([listOf('a')], [listOf('b', 'c')])).toEqual(['a', 'b', 'c']);
  expect(bodyOf([listOf('a'), listOf('b')])).toEqual(['a', 'b']);
  expect(bodyOf([message(6, entry('a', '1'))], [message(6, entry('b', '2'))])).toEqual({ a: '1', b: '2' });
  expect(bodyOf([text(1, 'kept')], [])).toBe('kept');
  expect(bodyOf([listOf('a')], [text(1, 'the last kind')])).toBe('the last kind');
  expect(bodyOf([text(1, 'other')], [listOf('b')])).toEqual(['b']);
});

test('a scope that comes in parts', () => {
  const ids: WireField[] = [
    { tag: 0x0a, payload: Buffer.alloc(16, 1) },
    { tag: 0x12, payload: Buffer.alloc(8, 1) },
  ];
  const attribute = (key: string): WireField => message(3, text(1, key), message(2, text(1, 'x')));
  const group = message(
    2,
    message(1, text(1, 'name'), text(2, '1.0'), attribute('a')),
    message(2, ...ids),
    message(1, text(2, '2.0'), attribute('b')),
  );
  const [span] = decodeProtobufTraces(encodeWire([message(1, group)])).items;
  expect(span?.scope).toEqual({
    name: 'name',
    version: '2.0',
    attributes: new Map([
      ['a', 'x'],
      ['b', 'x'],
    ]),
  });
});

test('half a character, which JSON can escape, reads as it would be stored', () => {
  const body = String.raw`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c",
    "spanId":"b7ad6b7169203331","name":"a\ud800","attributes":[{"key":"k","value":{"stringValue":"\udc00b"}}]}]}]}]}`;
  const [span] = decodeJsonTraces(Buffer.from(body)).items;
  expect([span?.name, span?.attributes.get('k')]).toEqual(['a\ufffd', '\ufffdb']);
});

import { expect, test } from 'vitest';
import type { DecodedSpan } from '../records.ts';
import { decodeProtobufTraces } from './protobuf-request.ts';

/** A length-delimited field below number 16. */
function message(field: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([field * 8 + 2, ...varint(body.length)]), body]);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

const IDS = Buffer.concat([message(1, Buffer.alloc(16, 1)), message(2, Buffer.alloc(8, 2))]);

function request(span: Uint8Array): Buffer {
  return message(1, message(2, message(2, span)));
}

function attribute(key: string, value: Uint8Array): Buffer {
  return message(9, message(1, Buffer.from(key)), message(2, value));
}

function spans(body: Buffer): readonly DecodedSpan[] {
  return decodeProtobufTraces(body).items;
}

test('unknown fields of every wire type are skipped, groups too', () => {
  const unknown = Buffer.concat(
    [
      [0xf8, 0x06, 0x01],
      [0xf9, 0x06, 1, 2, 3, 4, 5, 6, 7, 8],
      [0xfa, 0x06, 0x02, 0x61, 0x62],
      [0xfd, 0x06, 1, 2, 3, 4],
      // A group with a group inside.
      [0xfb, 0x06, 0x0b, 0x10, 0x01, 0x0c, 0xfc, 0x06],
    ].map((bytes) => Buffer.from(bytes)),
  );
  expect(spans(request(Buffer.concat([IDS, unknown, message(5, Buffer.from('name'))])))).toMatchObject([
    { name: 'name', spanId: '0202020202020202' },
  ]);
});

test('a status that appears twice is merged', () => {
  const status = Buffer.concat([
    message(15, Buffer.from([0x18, 2])),
    message(15, message(2, Buffer.from('boom'))),
  ]);
  expect(spans(request(Buffer.concat([IDS, status])))).toMatchObject([
    { status: 'Error', statusMessage: 'boom' },
  ]);
});

test('a resource behind its spans is still theirs', () => {
  const resource = message(
    1,
    message(1, message(1, Buffer.from('k')), message(2, message(1, Buffer.from('v')))),
  );
  const body = message(1, message(2, message(2, IDS)), resource);
  expect(spans(body)[0]?.resource.attributes.get('k')).toBe('v');
});

test('a text that is not UTF-8 keeps its place, and its bytes beside it', () => {
  const bad = Buffer.concat([Buffer.from('a'.repeat(200)), Buffer.from([0xff, 0xfe])]);
  const [span] = spans(request(Buffer.concat([IDS, attribute('text', message(1, bad))])));
  expect(span?.attributes.get('text')).toBe(`${'a'.repeat(200)}\ufffd\ufffd`);
  expect(span?.attributes.get('text.invalid_utf8')).toStrictEqual(new Uint8Array(bad));
});

test('a replacement character that was sent is not a fault', () => {
  const [span] = spans(request(Buffer.concat([IDS, attribute('text', message(1, Buffer.from('a\ufffd')))])));
  expect([...(span?.attributes.keys() ?? [])]).toStrictEqual(['text']);
});

function nestedArrays(depth: number): Buffer {
  let value = message(1, Buffer.from('deep'));
  for (let level = 0; level < depth; level += 1) value = message(5, message(1, value));
  return value;
}

test('values are read 64 deep and refused beyond', () => {
  const body = (depth: number): Buffer => request(Buffer.concat([IDS, attribute('a', nestedArrays(depth))]));
  expect(spans(body(64))).toHaveLength(1);
  expect(() => spans(body(65))).toThrow('attribute values nested deeper than 64');
});

test.each([
  [
    'a length beyond its parent',
    Buffer.from([0x0a, 0x05, 0x12, 0x7f, 0, 0, 0]),
    'a length of 127 bytes with 3 left',
  ],
  ['a length that wraps 32 bits', Buffer.from([0x0a, 0x82, 0x80, 0x80, 0x80, 0x10, 0, 0]), 'over 32 bits'],
  [
    'a length of ten bytes',
    Buffer.concat([Buffer.from([0x0a]), Buffer.alloc(9, 0xff), Buffer.from([0x01])]),
    'over 32 bits',
  ],
  ['field number 0', Buffer.from([0x02, 0x00]), 'field number 0'],
  ['wire type 6', Buffer.from([0x0e, 0x00]), 'reserved wire type 6'],
  ['a group that does not end', Buffer.from([0x13, 0x08, 0x01]), 'a group without an end'],
  ['the end of another group', Buffer.from([0x13, 0x1c]), 'the end of a group that was not open'],
  ['a number cut off', Buffer.from([0x08, 0xff]), 'the end of the message inside a number'],
])('%s is refused', (_name, body, problem) => {
  expect(() => spans(body)).toThrow(problem);
});

test('groups nested without end are refused', () => {
  expect(() => spans(Buffer.alloc(100_000, 0x13))).toThrow('groups nested deeper than 64');
});

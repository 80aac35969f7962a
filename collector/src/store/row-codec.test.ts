import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { codecOf, type RowValue } from './row-codec.ts';
import { RowWriter } from './row-writer.ts';

function encode(type: string, value: RowValue): number[] {
  const writer = new RowWriter();
  codecOf(type)(writer, value);
  return [...writer.bytes()];
}

test.each<[string, RowValue, number[]]>([
  ['String', 'aé', [3, 97, 0xc3, 0xa9]],
  ['String', new Uint8Array([0, 255]), [2, 0, 255]],
  ['Bool', true, [1]],
  ['UInt8', 255, [255]],
  ['Int16', -2, [254, 255]],
  ['UInt32', 1, [1, 0, 0, 0]],
  ['UInt64', 2n ** 64n - 1n, Array.from({ length: 8 }, () => 255)],
  ['Int64', -1, Array.from({ length: 8 }, () => 255)],
  ['Float64', 1, [0, 0, 0, 0, 0, 0, 0xf0, 0x3f]],
  ["DateTime64(3, 'UTC')", new Date(256), [0, 1, 0, 0, 0, 0, 0, 0]],
  ["DateTime64(9, 'UTC')", new Date(1), [0x40, 0x42, 0x0f, 0, 0, 0, 0, 0]],
  ["DateTime64(3, 'UTC')", 256, [0, 1, 0, 0, 0, 0, 0, 0]],
  ['DateTime', new Date(1_000), [1, 0, 0, 0]],
  ['Decimal(18, 9)', 1, [1, 0, 0, 0, 0, 0, 0, 0]],
  ['Decimal(18, 9)', -2n, [254, 255, 255, 255, 255, 255, 255, 255]],
])('%s %s', (type, value, bytes) => {
  expect(encode(type, value)).toEqual(bytes);
});

test('lengths of 128 and more take several bytes, and the buffer grows', () => {
  const bytes = encode('String', 'x'.repeat(200_000));
  expect(bytes.slice(0, 4)).toEqual([0xc0, 0x9a, 0x0c, 120]);
  expect(bytes).toHaveLength(200_003);
});

/** A length as readers of LEB128 take it, also with leading zeros; and what follows it. */
function decoded(bytes: Buffer): { readonly length: number; readonly rest: string } {
  const last = bytes.findIndex((byte) => byte < 0x80);
  const length = bytes.subarray(0, last + 1).reduce((sum, byte, i) => sum + (byte & 0x7f) * 128 ** i, 0);
  return { length, rest: bytes.toString('hex', last + 1) };
}

test('every text is its length and its bytes, whatever its length and characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.nat(6_000), (start, more) => {
      const text = (start + 'é'.repeat(more % 7) + 'x'.repeat(more)).toWellFormed();
      const bytes = Buffer.from(text);
      const encoded = Buffer.from(encode('String', text));
      expect(decoded(encoded)).toEqual({ length: bytes.length, rest: bytes.toString('hex') });
    }),
    { numRuns: 40 },
  );
});

test('half a surrogate pair becomes the replacement character, and the row stays in step', () => {
  expect(encode('String', '\ud800!')).toEqual([4, 0xef, 0xbf, 0xbd, 33]);
});

test.each<[string, RowValue, RegExp]>([
  ['UInt8', 256, /integer in \[0, 255\], got "256" \(number\)/],
  ['UInt8', -1, /integer in \[0, 255\]/],
  ['UInt64', -1n, /integer in \[0, 18446744073709551615\]/],
  ['UInt32', 1.5, /integer/],
  ['Int64', 2 ** 60, /integer/],
  ['String', 5, /a string or bytes, got "5" \(number\)/],
  ['Bool', 1, /true or false/],
  ['Decimal(18, 9)', 0.5, /whole number of units/],
  ['Decimal(18, 9)', 10n ** 18n, /at most 18 digits/],
  ['Float64', '1', /a number/],
  ["DateTime64(9, 'UTC')", new Date(Number.NaN), /valid Date/],
])('%s refuses %s', (type, value, message) => {
  expect(() => encode(type, value)).toThrow(message);
});

test('a type without codec is named', () => {
  expect(() => codecOf('Decimal(9, 2)')).toThrow('no codec for type Decimal(9, 2)');
});

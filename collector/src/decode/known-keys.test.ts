import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { KnownKeys } from './known-keys.ts';

/** Few different ones, so that they come again: ASCII, wide characters of the same length, broken UTF-8, long ones. */
const texts: fc.Arbitrary<Buffer> = fc.constantFrom(
  ...['', 'a', 'b', 'chat', 'chit', 'Müll', 'ÿ', '😀', 'x'.repeat(48), 'x'.repeat(49), 'y'.repeat(97)].map(
    (text) => Buffer.from(text),
  ),
  Buffer.from([0xff]),
  Buffer.from([0xe2, 0x82]),
);

it('reads every key and value as its bytes say, whatever came before', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(texts, texts)), (pairs) => {
      const known = new KnownKeys();
      for (const [key, value] of pairs) {
        const source = Buffer.concat([key, value]);
        expect(known.key(source, 0, key.length)).toBe(key.toString('utf8'));
        expect(known.value(source, key.length, source.length)).toBe(value.toString('utf8'));
      }
    }),
  );
});

it("a value is told apart from another key's, and from one that differs in its last byte", () => {
  const known = new KnownKeys();
  const read = (key: string, value: string): string => {
    const source = Buffer.from(key + value);
    known.key(source, 0, key.length);
    return known.value(source, key.length, source.length);
  };
  expect([
    read('model', 'small'),
    read('tool', 'smalk'),
    read('model', 'smalk'),
    read('tool', 'small'),
  ]).toEqual(['small', 'smalk', 'smalk', 'small']);
});

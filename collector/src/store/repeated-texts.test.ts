import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { columnCodecOf } from './column-codec.ts';
import type { RowValue } from './row-codec.ts';
import { RowReader } from './row-reader.ts';
import { RowWriter } from './row-writer.ts';

const text = fc.constantFrom('', 'a', 'b', 'ä', 'a'.repeat(41), 'b'.repeat(70_000));

/** The bytes of a column, and where its streams end. */
function written(type: string, values: readonly RowValue[]): { bytes: Buffer; ends: number[] } {
  const writer = new RowWriter();
  const ends: number[] = [];
  columnCodecOf(type).write(writer, values, ends);
  return { bytes: Buffer.from(writer.bytes()), ends };
}

function textsIn(bytes: Buffer): string[] {
  const reader = new RowReader(bytes);
  const texts: string[] = [];
  while (reader.at < bytes.length) texts.push(reader.text());
  return texts;
}

it('texts that follow each other may be the same', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 20 }), (texts) => {
      const { bytes, ends } = written('String', texts);
      expect(ends).toStrictEqual([bytes.length]);
      expect(textsIn(bytes)).toStrictEqual(texts);
    }),
  );
});

it('maps that follow each other may be the same, equal, or share their keys', () => {
  const map = fc.array(fc.tuple(fc.constantFrom('k', 'l', 'm'), text), { maxLength: 3 });
  fc.assert(
    fc.property(fc.array(fc.tuple(map, fc.nat({ max: 3 })), { maxLength: 10 }), (drawn) => {
      const maps = drawn.flatMap(([entries, again]): Map<string, string>[] => {
        const one = new Map(entries);
        return [one, ...Array.from({ length: again }, () => one)];
      });
      const { bytes, ends } = written('Map(String, String)', maps);
      const [counted = 0, keyed = 0, end = 0] = ends;
      expect(end).toBe(bytes.length);
      expect(counted).toBe(maps.length * 8);
      let entries = 0;
      for (const [row, { size }] of maps.entries())
        expect(bytes.readUInt32LE(row * 8)).toBe((entries += size));
      expect(textsIn(bytes.subarray(counted, keyed))).toStrictEqual(maps.flatMap((one) => [...one.keys()]));
      expect(textsIn(bytes.subarray(keyed, end))).toStrictEqual(maps.flatMap((one) => [...one.values()]));
    }),
  );
});

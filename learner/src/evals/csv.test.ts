import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCsv } from './csv.ts';

const cells = (text: string): unknown => {
  const parsed = parseCsv(text);
  return parsed.ok ? parsed.rows.map((row) => row.cells) : parsed;
};

test('cells, quotes, line breaks in quotes, blank lines', () => {
  expect(cells('a,b\n1,2\n')).toEqual([
    ['a', 'b'],
    ['1', '2'],
  ]);
  expect(cells('a,b\r\n1,\r\n')).toEqual([
    ['a', 'b'],
    ['1', ''],
  ]);
  expect(cells('"x, ""y""\nz",2')).toEqual([['x, "y"\nz', '2']]);
  expect(cells('a\n\n\nb')).toEqual([['a'], ['b']]);
  expect(cells('5" nails,1')).toEqual([['5" nails', '1']]);
  expect(cells('')).toEqual([]);
});

test('rows know their line', () => {
  const parsed = parseCsv('a\n"1\n2"\n\nb');
  expect(parsed.ok && parsed.rows.map(({ line }) => line)).toEqual([1, 2, 5]);
});

test('broken quotes are refused by line', () => {
  expect(cells('a\n"b')).toEqual({ ok: false, line: 2, problem: 'a quoted cell is never closed' });
  expect(cells('a\n"b"c')).toMatchObject({ ok: false, line: 2 });
});

test('what is written comes back', () => {
  const cell = fc.string().map((text) => text.replaceAll('\r', ''));
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1 });
  fc.assert(
    fc.property(table, (rows) => {
      const text = rows
        .map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(','))
        .join('\n');
      expect(cells(text)).toEqual(rows);
    }),
  );
});

import { expect, test } from 'vitest';
import { printable, renderTable } from './table.ts';

test('columns line up, numbers right, the last column is cut', () => {
  const table = renderTable(
    [
      { title: 'ID', value: (row: readonly [string, number, string]) => row[0] },
      { title: 'N', value: (row) => String(row[1]), right: true },
      { title: 'TEXT', value: (row) => row[2] },
    ],
    [
      ['abc', 5, 'short'],
      ['d', 1234, 'a text that is longer than the space that is left for it'],
    ],
    35,
  );
  expect(table.split('\n')).toEqual([
    'ID      N  TEXT',
    'abc     5  short',
    'd    1234  a text that is longer t…',
  ]);
});

test('recorded text cannot steer the terminal', () => {
  const row = '\u001B[2Jgone\u0007\u202E';
  expect(renderTable([{ title: 'T', value: (text: string) => text }], [row])).toBe('T\n[2Jgone');
  expect(printable('a\nb\tc\u001B[0m')).toBe('a\nb\tc [0m');
});

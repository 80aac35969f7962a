import { expect, test } from 'vitest';
import { encodeRows, encodeRowsInTurns, joinedRows, type PieceEncoder, pieceEncoder } from './encode-rows.ts';
import type { RowValue } from './row-codec.ts';
import { RowWriter } from './row-writer.ts';

const TABLE = { name: 't', columns: { a: 'UInt8', 'n.b': 'Array(String)' } };

function ascii(text: string): number[] {
  return [text.length, ...Buffer.from(text)];
}

/** A count as 8 bytes. */
function long(count: number): number[] {
  return [count, 0, 0, 0, 0, 0, 0, 0];
}

function bytesOf(chunks: readonly Uint8Array[]): number[] {
  return Array.from(Buffer.concat(chunks));
}

test('rows are encoded column by column in the order of the table', () => {
  const encoded = encodeRows(
    TABLE,
    [
      { 'n.b': ['x'], a: 1 },
      { a: 2, 'n.b': [] },
    ],
    'token',
  );
  expect(encoded).toMatchObject({ table: 't', columns: ['a', 'n.b'], rows: 2, token: 'token' });
  const arrays = [...long(1), ...long(1), ...ascii('x')];
  expect(bytesOf(encoded.chunks)).toEqual([
    2,
    2,
    ...ascii('a'),
    ...ascii('UInt8'),
    1,
    2,
    ...ascii('n.b'),
    ...ascii('Array(String)'),
    ...arrays,
  ]);
});

test('columns of defaults are left out, the first one excepted', () => {
  const rows = [
    { a: 0, 'n.b': [] },
    { a: 0, 'n.b': [] },
  ];
  expect(bytesOf(encodeRows(TABLE, rows, '').chunks)).toEqual([1, 2, ...ascii('a'), ...ascii('UInt8'), 0, 0]);
  expect(bytesOf(encodeRows({ name: 't', columns: { x: 'Float64' } }, [{ x: -0 }], '').chunks).at(-1)).toBe(
    0x80,
  );
});

test('a row that does not fit its table is refused, naming row and column', () => {
  const good = { a: 1, 'n.b': [] };
  expect(() => encodeRows(TABLE, [good, { a: 1 }], '')).toThrow('t row 1 column n.b: missing');
  expect(() => encodeRows(TABLE, [{ ...good, c: 1 }], '')).toThrow(
    't row 0 column c: the table has no such column',
  );
  expect(() => encodeRows(TABLE, [good, { ...good, a: 300 }], '')).toThrow(
    expect.objectContaining({
      name: 'StoreError',
      code: 'invalid_row',
      retryable: false,
      message: expect.stringContaining('t row 1 column a: expected an integer in [0, 255]'),
    }),
  );
});

test.each<[string, RowValue, string]>([
  ['Array(String)', 'x', 'expected an array, got "x" (string)'],
  ['Map(String, String)', 'x', 'expected a Map'],
  ['LowCardinality(String)', null, 'expected a string'],
  ['UInt8', null, 'expected an integer in [0, 255]'],
])('%s refuses %s', (type, value, message) => {
  expect(() => encodeRows({ name: 't', columns: { x: type } }, [{ x: value }], '')).toThrow(message);
});

test.each(['LowCardinality(UInt8)', 'Tuple(String)'])(
  'a table with a column of type %s is refused',
  (type) => {
    expect(() => encodeRows({ name: 't', columns: { x: type } }, [], '')).toThrow(
      /^no (codec|dictionary) for type/,
    );
  },
);

test('pieces that were written apart are one block: dictionaries become one, counts go on', () => {
  const table = { name: 't', columns: { key: 'LowCardinality(String)', tags: 'Array(String)' } };
  interface Item {
    readonly key: string;
    readonly tags: string[];
  }
  const encode: PieceEncoder<Item> = pieceEncoder(table, { key: ({ key }) => key, tags: ({ tags }) => tags });
  const piece = (...items: Item[]): Uint8Array => {
    const writer = new RowWriter();
    encode(writer, items);
    return writer.bytes();
  };
  const pieces = [
    piece({ key: 'b', tags: ['x'] }, { key: 'a', tags: [] }),
    piece({ key: '', tags: [] }),
    piece({ key: 'a', tags: ['y', 'z'] }),
  ];
  // The places of a dictionary stand in one byte each; 0x6 = it comes with its block, as its only one.
  const keys = [...long(1), 0, 6, 0, 0, 0, 0, 0, 0, ...long(3), ...ascii('b'), ...ascii('a'), ...ascii('')];
  const places = [...long(4), 0, 1, 2, 1];
  const counts = [...long(1), ...long(1), ...long(1), ...long(3)];
  const tags = ['x', 'y', 'z'].flatMap(ascii);
  expect(bytesOf(joinedRows(table, pieces, 4, '').chunks)).toEqual([
    2,
    4,
    ...ascii('key'),
    ...ascii('LowCardinality(String)'),
    ...keys,
    ...places,
    ...ascii('tags'),
    ...ascii('Array(String)'),
    ...counts,
    ...tags,
  ]);
});

test('many rows are the same bytes when others get their turn in between', async () => {
  const table = {
    name: 't',
    columns: { key: 'LowCardinality(String)', rules: 'Array(LowCardinality(String))', share: 'Float64' },
  };
  const rows = Array.from({ length: 1_000 }, (_, at) => ({
    key: at < 300 ? '' : `k${at % 7}`,
    rules: Array.from({ length: at % 3 }, (_none, place) => `r${at % 5}${place}`),
    share: at % 11,
  }));
  let [turns, isDone] = [0, false];
  const other = (): void => {
    turns += 1;
    if (!isDone) setImmediate(other);
  };
  setImmediate(other);
  const inTurns = await encodeRowsInTurns(table, rows, 'x');
  isDone = true;
  expect(turns).toBeGreaterThanOrEqual(10);
  const atOnce = encodeRows(table, rows, 'x');
  expect(bytesOf(inTurns.chunks)).toEqual(bytesOf(atOnce.chunks));
  expect({ ...inTurns, chunks: [] }).toEqual({ ...atOnce, chunks: [] });
});

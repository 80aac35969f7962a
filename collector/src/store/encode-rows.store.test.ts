import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Columns, joinedRows, pieceEncoder, type Row, type Table } from './encode-rows.ts';
import type { RowValue } from './row-codec.ts';
import { RowWriter } from './row-writer.ts';
import { openTemporaryStore, type TemporaryStore } from './testing/temporary-store.ts';

/** Every form that a column of ours has. */
const TABLE: Table = {
  name: 'forms',
  columns: {
    id: 'UInt32',
    text: 'String',
    word: 'LowCardinality(String)',
    small: 'UInt8',
    short: 'Int16',
    big: 'UInt64',
    number: 'Float64',
    flag: 'Bool',
    note: 'Nullable(String)',
    count: 'Nullable(UInt32)',
    passed: 'Nullable(Bool)',
    cost: 'Nullable(Decimal(18, 9))',
    time: "DateTime64(9, 'UTC')",
    second: 'DateTime',
    texts: 'Array(String)',
    words: 'Array(LowCardinality(String))',
    pairs: 'Map(String, String)',
    counts: 'Map(LowCardinality(String), UInt64)',
    lists: 'Array(Map(LowCardinality(String), String))',
    maximum: 'SimpleAggregateFunction(max, UInt64)',
  },
};

const DEFAULTS: Row = {
  text: '',
  word: '',
  small: 0,
  short: 0,
  big: 0n,
  number: 0,
  flag: false,
  note: null,
  count: null,
  passed: null,
  cost: null,
  time: 0n,
  second: 0,
  texts: [],
  words: [],
  pairs: new Map(),
  counts: new Map(),
  lists: [],
  maximum: 0n,
};

const text = fc.string({ unit: 'grapheme', maxLength: 8 });
const word = fc.constantFrom('', 'a', 'b', 'ü');
const amount = fc.bigInt({ min: 0n, max: 2n ** 62n });
const pairs = fc.array(fc.tuple(text, text), { maxLength: 3 }).map((entries) => new Map(entries));

/** Some of its columns, or all, or none: what a row lacks it has the default of. */
const row: fc.Arbitrary<Row> = fc.record(
  {
    text: fc.oneof(text, fc.constant('ä'.repeat(200))),
    word: fc.oneof(word, text),
    small: fc.nat(255),
    short: fc.integer({ min: -32_768, max: 32_767 }),
    big: amount,
    number: fc.constantFrom(-0, 0.1, -1e300),
    flag: fc.boolean(),
    note: text,
    count: fc.nat(),
    passed: fc.boolean(),
    cost: fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }),
    time: amount,
    second: fc.nat(),
    texts: fc.array(text, { maxLength: 2 }),
    words: fc.array(word, { maxLength: 2 }),
    pairs,
    counts: fc.array(fc.tuple(word, amount), { maxLength: 2 }).map((entries) => new Map(entries)),
    lists: fc.array(pairs, { maxLength: 2 }),
    maximum: amount,
  },
  { requiredKeys: [] },
);

const names = Object.keys(TABLE.columns);
const columns: Columns<Row> = Object.fromEntries(
  names.map((name) => [name, (of: Row): RowValue => of[name] ?? null]),
);
const encode = pieceEncoder(TABLE, columns);

let temporary: TemporaryStore;
beforeAll(async () => {
  temporary = await openTemporaryStore();
  const list = Object.entries(TABLE.columns).map(([name, type]) => `${name} ${type}`);
  await temporary.store.driver.command(
    `CREATE TABLE ${temporary.store.database}.forms (${list.join(', ')}) ENGINE = MergeTree ORDER BY id`,
  );
});
afterAll(() => temporary.remove());

let ids = 0;

/** Pieces in, rows out. */
async function throughStore(pieces: readonly (readonly Row[])[]): Promise<unknown[]> {
  const { driver, database } = temporary.store;
  const first = ids + 1;
  const encoded = pieces.map((rows) => {
    const writer = new RowWriter();
    encode(
      writer,
      rows.map((of) => ({ ...DEFAULTS, ...of, id: ++ids })),
    );
    return writer.bytes();
  });
  const count = ids + 1 - first;
  await driver.insert(joinedRows(TABLE, encoded, count, `from ${first}`));
  return await driver.query(
    `SELECT * EXCEPT id REPLACE (
       toInt64(toDecimal128(cost, 9) * 1000000000) AS cost, toUnixTimestamp64Nano(time) AS time,
       toUnixTimestamp(second) AS second
     ) FROM ${database}.forms WHERE id >= {first: UInt32} ORDER BY id`,
    { parameters: { first } },
  );
}

/** As the engine's JSON has it: integers of 64 bits as text. */
function shown(value: RowValue): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, of]) => [key, shown(of)]));
  return Array.isArray(value) ? value.map(shown) : value;
}

function shownRow(of: Row): unknown {
  const values = Object.entries({ ...DEFAULTS, ...of }).map(([name, value]) => [name, shown(value)]);
  return { ...Object.fromEntries(values), maximum: shown(of['maximum'] ?? 0n), big: shown(of['big'] ?? 0n) };
}

test('rows come back as they were, however they lie in pieces and whatever columns these leave out', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(row, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 5 }),
      async (pieces) => {
        expect(await throughStore(pieces)).toEqual(pieces.flat().map(shownRow));
      },
    ),
    { numRuns: 40 },
  );
});

test.each([255, 256, 257, 65_536, 65_537])('a dictionary of %d texts', async (count) => {
  const words = Array.from({ length: count }, (_, index) => ({ word: `word ${index}` }));
  const half = words.slice(0, count >> 1);
  const back = await throughStore([half, words, [{}]]);
  expect(back.map((of) => Reflect.get(Object(of), 'word'))).toEqual(
    [...half, ...words].map((of) => of.word).concat(''),
  );
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { openEngine } from './chdb/engine.ts';
import type { SqlDriver } from './driver.ts';
import { encodeRows, type Row, type Table } from './encode-rows.ts';
import { openDriver } from './open-driver.ts';
import { startHttpFront } from './testing/http-front.ts';

// One suite, three targets: the embedded engine, the client over a ClickHouse-HTTP front of it (proves the wire path), and
// a real server where TRACELORE_TEST_CLICKHOUSE_URL names one.
const directory = mkdtempSync(path.join(tmpdir(), 'tracelore-driver-'));
const engine = openEngine(directory);
const front = await startHttpFront(engine);
const serverUrl = process.env['TRACELORE_TEST_CLICKHOUSE_URL'];
const database = `tracelore_driver_${process.pid}`;

const targets: [string, SqlDriver][] = [
  ['embedded', openDriver({ kind: 'embedded', directory }, database)],
  ['over HTTP', openDriver({ kind: 'server', url: front.url }, database)],
];
if (serverUrl !== undefined)
  targets.push(['server', openDriver({ kind: 'server', url: serverUrl }, database)]);

afterAll(async () => {
  await targets.at(-1)?.[1].command(`DROP DATABASE IF EXISTS ${database}`);
  await Promise.all(targets.map(async ([, driver]) => await driver.close()));
  await front.close();
  await engine.close(10_000);
  rmSync(directory, { recursive: true, force: true });
});

test('the suite runs against a server where TRACELORE_TEST_CLICKHOUSE_URL names one', ({ skip }) => {
  if (serverUrl === undefined) skip('TRACELORE_TEST_CLICKHOUSE_URL is not set: not run against a server');
  expect(targets.map(([name]) => name)).toContain('server');
});

/** Payloads that end inline data or start SQL, as the engine's own parser sees them. */
const HOSTILE = [
  'a\n\nDROP TABLE victim',
  'a\r\n\r\nDROP TABLE victim',
  "'; DROP TABLE victim; --",
  ';',
  '\\',
  '\\N',
  '',
];

/** Queries that fail after they have sent many rows. */
const LATE_FAILURES: [string, string, object][] = [
  ['throwIf', `SELECT throwIf(number = 390000) AS x, number FROM numbers(400000)`, {}],
  ['row limit', `SELECT number FROM numbers(400000)`, { rowsMax: 300_000 }],
  ['time limit', `SELECT number, sleepEachRow(0.00001) FROM numbers(3000000)`, { timeoutMs: 1_000 }],
];

describe.each(targets)('%s', (name, driver) => {
  const prefix = name.replaceAll(/\W/g, '_').toLowerCase();
  let tokens = 0;

  async function createTable(
    title: string,
    columns: Record<string, string>,
    orderBy = 'tuple()',
  ): Promise<Table> {
    await driver.command(`CREATE DATABASE IF NOT EXISTS ${database} ENGINE = Atomic`);
    const table = { name: `${prefix}_${title}`, columns };
    const list = Object.entries(columns).map(([column, type]) => `\`${column}\` ${type}`);
    await driver.command(
      `CREATE TABLE ${database}.${table.name} (${list.join(', ')}) ENGINE = MergeTree ORDER BY ${orderBy}
       SETTINGS non_replicated_deduplication_window = 1000`,
    );
    return table;
  }

  async function insert(table: Table, rows: Row[]): Promise<void> {
    await driver.insert(encodeRows(table, rows, `${prefix}-${tokens++}`));
  }

  test('D1: inserted bytes are data, whatever they look like', async () => {
    const table = await createTable(
      'hostile',
      { id: 'UInt32', text: 'String', map: 'Map(String, String)' },
      'id',
    );
    const rows = HOSTILE.map((text, id) => ({ id, text, map: new Map([[text, text]]) }));
    await insert(table, rows);
    const victim = await createTable('victim', { x: 'UInt8' });
    expect(await driver.query(`SELECT text, map FROM ${database}.${table.name} ORDER BY id`)).toEqual(
      HOSTILE.map((text) => ({ text, map: { [text]: text } })),
    );
    expect(await driver.query(`SELECT count() AS n FROM ${database}.${victim.name}`)).toEqual([{ n: '0' }]);
  });

  test.each(LATE_FAILURES)(
    'D2: nothing of a query that failed by %s is seen later',
    async (_, sql, options) => {
      await expect(driver.query(sql, options)).rejects.toMatchObject({ name: 'StoreError' });
      const next = await Promise.all(Array.from({ length: 8 }, () => driver.query(`SELECT 'mine' AS whose`)));
      expect(next).toEqual(Array.from({ length: 8 }, () => [{ whose: 'mine' }]));
    },
  );

  test('D2, D6: nothing of a stopped query is seen later, and it no longer runs', async () => {
    const stop = new AbortController();
    const comment = `${prefix}-stopped`;
    let rows = 0;
    const reading = (async () => {
      for await (const _ of driver.stream(
        `SELECT '${comment}' AS c, number, sleepEachRow(0.00001) FROM numbers(100000000)`,
        { signal: stop.signal },
      )) {
        rows++;
        if (rows === 100) stop.abort();
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'aborted' });
    await expect
      .poll(() => driver.query(`SELECT query FROM system.processes WHERE query LIKE 'SELECT \\'${comment}%'`))
      .toEqual([]);
    expect(await driver.query(`SELECT 'mine' AS whose`)).toEqual([{ whose: 'mine' }]);
  });

  test('what SELECT is not, is answered too', async () => {
    expect(await driver.query('EXISTS system.one')).toEqual([{ result: 1 }]);
    expect(await driver.query('DESCRIBE TABLE system.one')).toMatchObject([{ name: 'dummy', type: 'UInt8' }]);
  });

  test('D6: a query stopped before its first row rejects', async () => {
    const stop = new AbortController();
    const reading = driver.query('SELECT count() FROM numbers(1000000000000)', { signal: stop.signal });
    setImmediate(() => stop.abort());
    await expect(reading).rejects.toMatchObject({ code: 'aborted', retryable: false });
    await expect(driver.query('SELECT 1', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    });
  });

  test('D3: settings of one query do not reach the next', async () => {
    const read = `SELECT toString(getSetting('max_block_size')) AS v`;
    const [standard] = await driver.query(read);
    expect(await driver.query(`${read} SETTINGS max_block_size = 77`)).toEqual([{ v: '77' }]);
    const next = await Promise.all(Array.from({ length: 8 }, () => driver.query(read)));
    expect(next.flat()).toEqual(Array.from({ length: 8 }, () => standard));
  });

  test.each([
    'SELECT 1; DROP TABLE x',
    'SELECT {p: UInt8}; SELECT 2',
    '-- a comment\nSELECT 1; -- more\nSELECT 2',
  ])('D4: more than one statement is refused: %s', async (sql) => {
    await expect(driver.query(sql, { parameters: { p: 1 } })).rejects.toMatchObject({ code: 'SYNTAX_ERROR' });
    await expect(driver.command(sql, { parameters: { p: 1 } })).rejects.toMatchObject({
      code: 'SYNTAX_ERROR',
    });
  });

  test('D5: every byte and every character survives', async () => {
    const table = await createTable('bytes', { bytes: 'String', text: 'String' });
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const text = '👋🏽 ünïcödé \0 \u2028'.repeat(50_000);
    await insert(table, [{ bytes, text }]);
    const [row] = await driver.query<{ hex: string; text: string }>(
      `SELECT hex(bytes) AS hex, text FROM ${database}.${table.name}`,
    );
    expect(row?.hex).toBe(Buffer.from(bytes).toString('hex').toUpperCase());
    expect(row?.text === text).toBe(true);
  });

  test('D7: rows come before the end, and a reader that stops ends the query', async () => {
    const sql = `SELECT number FROM numbers(1000000000000)`;
    const first: unknown[] = [];
    for await (const row of driver.stream(sql, { timeoutMs: 600_000, rowsMax: 1e15 })) {
      first.push(row);
      if (first.length === 3) break;
    }
    expect(first).toEqual([{ number: '0' }, { number: '1' }, { number: '2' }]);
    await expect
      .poll(() => driver.query(`SELECT query FROM system.processes WHERE query LIKE '${sql}%'`))
      .toEqual([]);
  });

  test('D7: a reader that pauses holds the engine back', async () => {
    const sql = `SELECT number FROM numbers(20000000)`;
    const rows = driver.stream(sql, { rowsMax: 1e9 })[Symbol.asyncIterator]();
    expect(await rows.next()).toEqual({ done: false, value: { number: '0' } });
    const progress = await driver.query<{ rows: string }>(
      `SELECT toString(read_rows) AS rows FROM system.processes WHERE query LIKE '${sql}%'`,
    );
    expect(progress).toHaveLength(1);
    expect(Number(progress[0]?.rows)).toBeLessThan(5_000_000);
    await rows.return?.();
  });

  test('a stream that fails after many rows says why', async () => {
    let rows = 0;
    const reading = (async () => {
      const [, sql] = LATE_FAILURES[0] ?? [];
      for await (const _ of driver.stream(sql ?? '', { rowsMax: 1e9 })) rows++;
    })();
    await expect(reading).rejects.toMatchObject({ code: 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO' });
    expect(rows).toBeGreaterThan(1_000);
  });

  test('D8: each of many queries at once gets its own parameter', async () => {
    const asked = Array.from({ length: 1_200 }, (_, index) => `value ${index}`);
    const lanes = Array.from({ length: 12 }, async (_, lane) => {
      const got: string[] = [];
      for (let i = lane; i < asked.length; i += 12) {
        const [row] = await driver.query<{ v: string }>('SELECT {v: String} AS v', {
          parameters: { v: asked[i] ?? '' },
        });
        got.push(row?.v ?? '');
      }
      return got;
    });
    const got = (await Promise.all(lanes)).flat();
    expect(got.toSorted()).toEqual(asked.toSorted());
  });

  test('D2, D8: readers, writers and callers that give up at once never see what is not theirs', async () => {
    const table = await createTable('mixed', { owner: 'UInt32', n: 'UInt32' }, '(owner, n)');
    const caller = async (owner: number): Promise<number> => {
      for (let n = 0; n < 5; n++) {
        await insert(table, [{ owner, n }]);
        const own = await driver.query(
          `SELECT owner, count() AS rows FROM ${database}.${table.name} WHERE owner = {owner: UInt32} GROUP BY owner`,
          { parameters: { owner } },
        );
        expect(own).toEqual([{ owner, rows: String(n + 1) }]);
        const stop = new AbortController();
        const left = driver.query('SELECT number FROM numbers(5000000)', {
          signal: stop.signal,
          rowsMax: 1e9,
        });
        setImmediate(() => stop.abort());
        await expect(left).rejects.toMatchObject({ code: 'aborted' });
      }
      return owner;
    };
    const callers = Array.from({ length: 12 }, (_, owner) => owner);
    expect(await Promise.all(callers.map(caller))).toEqual(callers);
  });

  test('parameters arrive as they were given', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\\', '\t', '\n\n', "'", '\\N', '\0', '👋', '{x: String}', '--'),
    );
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.array(text, { maxLength: 4 }),
        fc.bigInt(0n, 2n ** 64n - 1n),
        async (a, b, c) => {
          const [row] = await driver.query(
            'SELECT {a: String} AS a, {b: Array(String)} AS b, {c: UInt64} AS c',
            {
              parameters: { a, b, c },
            },
          );
          expect(row).toEqual({ a: a.toWellFormed(), b: b.map((one) => one.toWellFormed()), c: String(c) });
        },
      ),
      { numRuns: 60 },
    );
    const ids = Array.from({ length: 3_000 }, (_, index) => String(index).padStart(32, '0'));
    expect(
      await driver.query(
        'SELECT count() AS n FROM numbers(5000) WHERE leftPad(toString(number), 32, {zero: String}) IN {ids: Array(String)}',
        {
          parameters: { ids, zero: '0' },
        },
      ),
    ).toEqual([{ n: '3000' }]);
    const when = new Date('2026-11-20T07:08:09.123Z');
    expect(
      await driver.query(
        `SELECT {none: Nullable(String)} AS none, {yes: Bool} AS yes, {when: DateTime64(3, 'UTC')} AS at,
           {list: Array(Nullable(Int64))} AS list`,
        { parameters: { none: null, yes: true, when, list: [1, null, -3n] } },
      ),
    ).toEqual([{ none: null, yes: true, at: '2026-11-20 07:08:09.123', list: ['1', null, '-3'] }]);
  });

  test('D11: errors have one form: the engine says which, the cause is kept', async () => {
    await expect(driver.query('SELECT x FROM nowhere.nothing')).rejects.toMatchObject({
      name: 'StoreError',
      code: 'UNKNOWN_DATABASE',
      retryable: false,
      cause: { code: '81', type: 'UNKNOWN_DATABASE' },
    });
    await expect(driver.query('SELEC 1')).rejects.toMatchObject({ code: 'SYNTAX_ERROR' });
    await expect(
      driver.query('SELECT groupArray(number) FROM numbers(100000000)', { memoryBytesMax: 50_000_000 }),
    ).rejects.toMatchObject({ code: 'MEMORY_LIMIT_EXCEEDED', retryable: true });
    await expect(
      driver.query('SELECT count() FROM numbers(1000000000000)', { timeoutMs: 1_000 }),
    ).rejects.toMatchObject({ code: 'TIMEOUT_EXCEEDED' });
  });

  test('more rows than the limit are an error, never a silent cut', async () => {
    await expect(driver.query('SELECT number FROM numbers(101)', { rowsMax: 100 })).rejects.toMatchObject({
      code: 'TOO_MANY_ROWS_OR_BYTES',
    });
    expect(await driver.query('SELECT number FROM numbers(100)', { rowsMax: 100 })).toHaveLength(100);
  });

  test('D12: an insert without rows does nothing', async () => {
    const table = await createTable('empty', { x: 'UInt8' });
    await insert(table, []);
    expect(await driver.query(`SELECT x FROM ${database}.${table.name}`)).toEqual([]);
  });

  test('an insert with the same token is stored once, and a retry through a view too', async () => {
    const table = await createTable('once', { x: 'UInt8' });
    const sums = await createTable('sums', { x: 'UInt64' });
    await driver.command(
      `CREATE MATERIALIZED VIEW ${database}.${prefix}_view TO ${database}.${sums.name} AS
       SELECT sum(x) AS x FROM ${database}.${table.name}`,
    );
    const rows = encodeRows(table, [{ x: 3 }, { x: 3 }], `${prefix}-once`);
    await driver.insert(rows);
    await driver.insert(rows);
    await driver.insert({ ...rows, token: `${prefix}-again` });
    expect(
      await driver.query(
        `SELECT (SELECT count() FROM ${database}.${table.name}) AS rows,
           (SELECT sum(x) FROM ${database}.${sums.name}) AS total`,
      ),
    ).toEqual([{ rows: '4', total: '12' }]);
  });

  test('64-bit integers keep every digit, dates are UTC', async () => {
    const table = await createTable('exact', {
      u: 'UInt64',
      i: 'Int64',
      t: "DateTime64(9, 'UTC')",
      s: 'DateTime',
    });
    await insert(table, [
      { u: 2n ** 64n - 1n, i: -(2n ** 63n), t: 1_793_620_800_123_456_789n, s: 1_793_620_800 },
    ]);
    expect(await driver.query(`SELECT * FROM ${database}.${table.name}`)).toEqual([
      {
        u: '18446744073709551615',
        i: '-9223372036854775808',
        t: '2026-11-02 12:00:00.123456789',
        s: '2026-11-02 12:00:00',
      },
    ]);
  });

  test('any row of any type reads back', async () => {
    const table = await createTable('types', {
      id: 'UInt32',
      text: 'LowCardinality(String)',
      flag: 'Bool',
      small: 'Int8',
      wide: 'UInt16',
      maybe: 'Nullable(UInt32)',
      real: 'Float64',
      list: 'Array(LowCardinality(String))',
      nested: 'Array(Map(LowCardinality(String), String))',
      times: "Array(DateTime64(9, 'UTC'))",
    });
    const row = fc.record({
      // Long enough for lengths of several bytes, some with leading zeros.
      text: fc.string({ unit: 'grapheme', maxLength: 400, size: 'max' }),
      flag: fc.boolean(),
      small: fc.integer({ min: -128, max: 127 }),
      wide: fc.integer({ min: 0, max: 65_535 }),
      maybe: fc.option(fc.integer({ min: 0, max: 2 ** 32 - 1 })),
      real: fc.double({ noNaN: true, noDefaultInfinity: true }),
      list: fc.array(fc.string(), { maxLength: 3 }),
      nested: fc.array(fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.string()), { maxLength: 2 }),
      times: fc.array(fc.bigInt(0n, 2n ** 62n), { maxLength: 2 }),
    });
    const rows = fc.sample(row, 200);
    await insert(
      table,
      rows.map((one, id) => ({ ...one, id, nested: one.nested.map((map) => new Map(Object.entries(map))) })),
    );
    const stored = await driver.query<{ id: number; times_ns: string[] } & Record<string, unknown>>(
      `SELECT * EXCEPT times, arrayMap(t -> toString(toUnixTimestamp64Nano(t)), times) AS times_ns
       FROM ${database}.${table.name} ORDER BY id`,
    );
    expect(stored).toEqual(
      rows.map(({ times, ...one }, id) => ({
        ...one,
        id,
        real: one.real,
        nested: one.nested.map((map) => ({ ...map })),
        times_ns: times.map(String),
      })),
    );
  });
});

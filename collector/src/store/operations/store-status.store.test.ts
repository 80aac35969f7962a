import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { QueryOptions, SqlDriver } from '../driver.ts';
import { sampleSpan } from '../testing/sample-records.ts';
import { openTemporaryStore, type TemporaryStore } from '../testing/temporary-store.ts';
import { optimizeStore } from './optimize.ts';
import { readStoreStatus } from './store-status.ts';

let temporary: TemporaryStore;
beforeAll(async () => {
  temporary = await openTemporaryStore();
});
afterAll(async () => await temporary.remove());

const DAY_NS = 86_400_000_000_000n;

test('status says what lies on disk, and optimising makes one part of each partition', async () => {
  const { store } = temporary;
  const first = sampleSpan().startUnixNano;
  for (const number of [0, 1, 2]) {
    const spans = [first, first + 4n * DAY_NS].map((startUnixNano, index) =>
      sampleSpan({ startUnixNano, spanId: `${number}${index}`.padStart(16, '0') }),
    );
    await store.write({ spans, logs: [], outcomes: [] }, `batch-${number}`);
  }
  const before = await readStoreStatus(store);
  const spans = before.tables.find(({ name }) => name === 'spans');
  expect(spans).toMatchObject({
    engine: 'MergeTree',
    rows: 6,
    oldestDay: '2026-11-02',
    newestDay: '2026-11-06',
    deduplicationWindow: 10_000,
  });
  expect(spans?.bytesPerRow).toBe((spans?.bytesOnDisk ?? 0) / 6);
  expect(spans?.uncompressedBytes).toBeGreaterThan(0);
  expect(before.tables.find(({ name }) => name === 'logs')).toMatchObject({
    rows: 0,
    bytesPerRow: null,
    oldestDay: null,
  });
  expect(before.engineVersion).toMatch(/^\d+\.\d+/);
  expect(before.schema['collector']).toBeGreaterThan(0);
  expect(before.disks[0]).toMatchObject({ path: expect.stringContaining(temporary.directory) });
  expect(before.disks[0]?.freeBytes).toBeGreaterThan(0);

  const steps = [];
  for await (const step of optimizeStore(store)) steps.push(step);
  expect(steps.every(({ parts, step }, index) => parts > 1 && step === index + 1)).toBe(true);
  const after = await readStoreStatus(store);
  expect(after.tables.filter(({ partsInPartitionMax }) => partsInPartitionMax > 1)).toEqual([]);
  expect(after.tables.find(({ name }) => name === 'spans')).toMatchObject({ rows: 6, parts: 2 });
});

test('every table of the store remembers tokens', async () => {
  const { tables } = await readStoreStatus(temporary.store);
  expect(tables.filter(({ deduplicationWindow }) => deduplicationWindow === 0)).toEqual([]);
});

test('a table without a window is named, since tokens are ignored there in silence', async () => {
  const { store } = temporary;
  await store.driver.command(
    `CREATE TABLE ${store.database}.careless (x UInt8) ENGINE = MergeTree ORDER BY x`,
  );
  const { warnings } = await readStoreStatus(store);
  await store.driver.command(`DROP TABLE ${store.database}.careless`);
  expect(warnings).toContainEqual(expect.stringContaining('careless has no deduplication window'));
});

test('the embedded engine writes no logs of its own, whatever ran', async () => {
  const { store, directory } = temporary;
  await store.driver.query('SELECT 1');
  await expect(store.driver.query('SELECT nonsense')).rejects.toThrow('nonsense');
  const { systemLogs } = await readStoreStatus(store);
  expect(systemLogs).toEqual([]);
  // Without a section for it a log is not created, even when somebody turns on what fills it.
  expect(readFileSync(path.join(directory, 'engine.xml'), 'utf8')).not.toMatch(/_log>/);
});

test("a log of a server's that has no end is named", async () => {
  const { store } = temporary;
  // What a server answers about its logs; the rest is asked here.
  const logs = [
    { name: 'query_log', rows: '5', bytes: '1000', bounded: 1 },
    { name: 'text_log', rows: '9', bytes: '2000', bounded: 0 },
  ];
  const driver: SqlDriver = {
    ...store.driver,
    query: async <Row>(sql: string, options?: QueryOptions) =>
      sql.includes("database = 'system'")
        ? await store.driver.query<Row>(
            `SELECT * FROM values('name String, rows UInt64, bytes UInt64, bounded UInt8', ${logs
              .map(({ name, rows, bytes, bounded }) => `('${name}', ${rows}, ${bytes}, ${bounded})`)
              .join(', ')})`,
          )
        : await store.driver.query<Row>(sql, options),
  };
  const { systemLogs, warnings } = await readStoreStatus({ ...store, driver });
  expect(systemLogs).toEqual([
    { name: 'query_log', rows: 5, bytesOnDisk: 1000, isBounded: true },
    { name: 'text_log', rows: 9, bytesOnDisk: 2000, isBounded: false },
  ]);
  expect(warnings.filter((warning) => warning.includes('_log'))).toEqual([
    expect.stringContaining('system.text_log has no TTL'),
  ]);
});

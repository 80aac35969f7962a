import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { encodeRows } from '../encode-rows.ts';
import { openDriver } from '../open-driver.ts';
import { openStore } from '../open-store.ts';
import { openEngine, READ_LANES_MAX } from './engine.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tracelore-engine-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('one directory per process: a second is refused while the first is open, the same is shared', async () => {
  const directory = path.join(folder, 'first');
  const first = await openStore({ location: { kind: 'embedded', directory } });
  await expect(
    openStore({ location: { kind: 'embedded', directory: path.join(folder, 'second') } }),
  ).rejects.toMatchObject({ code: 'unsupported', message: expect.stringContaining(directory) });
  const shared = await openStore({ location: { kind: 'embedded', directory }, database: 'other' });
  await first.close();
  await first.close();
  expect(await shared.countRuns('p')).toMatchObject({ total: 0 });
  await shared.close();
  await expect(shared.countRuns('p')).rejects.toMatchObject({ code: 'closed' });
});

test('a directory whose name the engine would read as a pattern is refused', () => {
  for (const name of ['a*', 'a?', 'a{1,2}', "a'b"]) {
    expect(() => openEngine(path.join(folder, name))).toThrow(/must not contain/);
  }
});

test('a reader that gives up while all lanes are busy leaves the queue, and the others get their turn', async () => {
  const driver = openDriver({ kind: 'embedded', directory: path.join(folder, 'queue') }, 'd');
  const busy = new AbortController();
  const long = Array.from({ length: READ_LANES_MAX }, () =>
    driver
      .query('SELECT count() FROM numbers(1000000000000)', { signal: busy.signal, timeoutMs: 600_000 })
      .catch((error: unknown) => error),
  );
  const impatient = new AbortController();
  const left = driver.query('SELECT 1', { signal: impatient.signal }).catch((error: unknown) => error);
  const patient = driver.query('SELECT 2 AS n');
  setImmediate(() => impatient.abort());
  expect(await left).toMatchObject({ code: 'aborted' });
  busy.abort();
  expect(await patient).toEqual([{ n: 2 }]);
  for (const one of long) expect(await one).toMatchObject({ code: 'aborted' });
  await driver.close();
});

test('inserts do not wait for readers', async () => {
  const driver = openDriver({ kind: 'embedded', directory: path.join(folder, 'writers') }, 'd');
  const stop = new AbortController();
  const long = Array.from({ length: READ_LANES_MAX }, () =>
    driver
      .query('SELECT count() FROM numbers(1000000000000)', { signal: stop.signal, timeoutMs: 600_000 })
      .catch((error: unknown) => error),
  );
  await driver.command('CREATE DATABASE d ENGINE = Atomic');
  await driver.command('CREATE TABLE d.t (x UInt8) ENGINE = MergeTree ORDER BY x');
  await driver.insert(encodeRows({ name: 't', columns: { x: 'UInt8' } }, [{ x: 1 }], 'one'));
  stop.abort();
  await Promise.all(long);
  expect(await driver.query('SELECT x FROM d.t')).toEqual([{ x: 1 }]);
  await driver.close();
});

test('closing ends running reads and lets inserts finish; what comes after is refused', async () => {
  const directory = path.join(folder, 'closing');
  const driver = openDriver({ kind: 'embedded', directory }, 'd');
  const reads = Array.from({ length: 4 }, () =>
    driver
      .query('SELECT count() FROM numbers(1000000000000)', { timeoutMs: 600_000 })
      .catch((error: unknown) => error),
  );
  const waiting = driver.query('SELECT 1').catch((error: unknown) => error);
  await driver.command('CREATE DATABASE d ENGINE = Atomic');
  const written = driver.command('CREATE TABLE d.t (x UInt8) ENGINE = MergeTree ORDER BY x');
  await driver.close();
  await driver.close();
  await expect(written).resolves.toBeUndefined();
  for (const read of reads) expect(await read).toMatchObject({ code: 'QUERY_WAS_CANCELLED' });
  expect(await waiting).toMatchObject({ code: 'closed' });
  await expect(driver.query('SELECT 1')).rejects.toMatchObject({ code: 'closed' });

  const again = openDriver({ kind: 'embedded', directory }, 'd');
  expect(await again.query('EXISTS d.t')).toEqual([{ result: 1 }]);
  await again.close();
});

test('the engine keeps to the limits of our configuration', async () => {
  const driver = openDriver({ kind: 'embedded', directory: path.join(folder, 'limits') }, 'd');
  const limits = await driver.query<{ name: string; value: string }>(
    `SELECT name, value FROM system.server_settings
     WHERE name IN ('mark_cache_size', 'primary_index_cache_size', 'index_mark_cache_size', 'background_pool_size',
       'memory_worker_period_ms') ORDER BY name`,
  );
  const merges = await driver.query<{ name: string; value: string }>(
    `SELECT name, value FROM system.merge_tree_settings
     WHERE name IN ('vertical_merge_algorithm_min_rows_to_activate', 'min_columns_to_activate_adaptive_write_buffer')
     ORDER BY name`,
  );
  await driver.close();
  expect(limits).toEqual([
    { name: 'background_pool_size', value: '2' },
    { name: 'index_mark_cache_size', value: '67108864' },
    { name: 'mark_cache_size', value: '67108864' },
    { name: 'memory_worker_period_ms', value: '1000' },
    { name: 'primary_index_cache_size', value: '67108864' },
  ]);
  expect(merges).toEqual([
    { name: 'min_columns_to_activate_adaptive_write_buffer', value: '10' },
    { name: 'vertical_merge_algorithm_min_rows_to_activate', value: '16384' },
  ]);
});

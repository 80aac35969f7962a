import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openDriver } from '../open-driver.ts';
import { openStore } from '../open-store.ts';
import { openEngine } from './engine.ts';

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
     WHERE name IN ('mark_cache_size', 'primary_index_cache_size', 'background_pool_size') ORDER BY name`,
  );
  await driver.close();
  expect(limits).toEqual([
    { name: 'background_pool_size', value: '2' },
    { name: 'mark_cache_size', value: '67108864' },
    { name: 'primary_index_cache_size', value: '67108864' },
  ]);
});

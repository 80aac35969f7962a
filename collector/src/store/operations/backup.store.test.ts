import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '../open-store.ts';
import type { Store } from '../store.ts';
import { sampleLog, sampleOutcome, sampleSpan } from '../testing/sample-records.ts';
import { backUp } from './backup.ts';
import { restoreBackup } from './restore.ts';

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tracelore-backup-'));
  store = await openStore({
    location: {
      kind: 'embedded',
      directory: path.join(folder, 'data'),
      backups: path.join(folder, 'backups & more'),
    },
  });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const SPANS_PER_BATCH = 100;
/** Spans of several days, each with a run of its own. */
function batch(number: number): Parameters<Store['write']>[0] {
  const spans = Array.from({ length: SPANS_PER_BATCH }, (_, index) => {
    const id = String(number * SPANS_PER_BATCH + index).padStart(32, '0');
    const day = 86_400_000_000_000n * BigInt(index % 3);
    return sampleSpan({ runId: id, traceId: id, startUnixNano: sampleSpan().startUnixNano + day });
  });
  return { spans, logs: [sampleLog()], outcomes: [sampleOutcome({ outcomeId: String(number) })] };
}

/** Tables in which merges make one row of several are read as they will be. */
const TABLES = {
  spans: '',
  logs: '',
  schema_migrations: '',
  outcomes: 'FINAL',
  id_times: 'FINAL',
} as const;

async function contents({ driver, database }: Store): Promise<unknown[]> {
  const reads = Object.entries(TABLES).map(
    async ([table, final]) =>
      await driver.query(
        `SELECT {table: String} AS name, count() AS rows, sum(cityHash64(tuple(*))) AS hash FROM ${database}.${table} ${final}`,
        { parameters: { table } },
      ),
  );
  return await Promise.all(reads);
}

test('a backup is restored into a new directory with the same rows in every table', async () => {
  for (const number of [0, 1, 2]) await store.write(batch(number), `batch-${number}`);
  const before = await contents(store);
  const backup = await backUp(store, { name: 'first' });
  expect(backup.tables).toMatchObject({ spans: 300, logs: 3 });
  await store.write(batch(3), 'later');
  await store.close();

  const directory = path.join(folder, 'restored');
  const restored = await restoreBackup({ backup: backup.place, directory });
  expect(restored.tables).toEqual(backup.tables);
  store = await openStore({ location: { kind: 'embedded', directory } });
  expect(await contents(store)).toEqual(before);
  expect(await store.listRuns({ project: 'p' })).toHaveLength(0);
  await store.refresh([{ project: 'p', runId: '0'.repeat(32) }], Date.now());
  expect(await store.findRun('p', '0'.repeat(32))).toMatchObject({ spans: 1 });
});

test('while rows are written, a backup holds all that was stored before it began, with lookups that fit', async () => {
  const BATCHES_BEFORE = 5;
  for (let number = 0; number < BATCHES_BEFORE; number++) await store.write(batch(number), `batch-${number}`);
  const done = new AbortController();
  const writing = (async () => {
    let number = BATCHES_BEFORE;
    for (; !done.signal.aborted; number++) await store.write(batch(number), `batch-${number}`);
    return number;
  })();
  const backup = await backUp(store, { name: 'live' });
  done.abort();
  const batches = await writing;
  await store.close();

  const directory = path.join(folder, 'restored');
  await restoreBackup({ backup: backup.place, directory });
  store = await openStore({ location: { kind: 'embedded', directory } });
  const [found] = await store.driver.query<Record<string, string>>(
    `SELECT count() AS spans, uniqExact(intDiv(toUInt32(trace_id), ${SPANS_PER_BATCH})) AS batches,
       countIf(intDiv(toUInt32(trace_id), ${SPANS_PER_BATCH}) < ${BATCHES_BEFORE}) AS before,
       countIf(trace_id NOT IN (SELECT id FROM tracelore.id_times)) AS without_trace,
       countIf(run_id NOT IN (SELECT id FROM tracelore.id_times)) AS without_run
     FROM tracelore.spans`,
  );
  expect(found).toMatchObject({
    before: String(BATCHES_BEFORE * SPANS_PER_BATCH),
    without_trace: '0',
    without_run: '0',
  });
  expect(Number(found?.['batches'])).toBeLessThanOrEqual(batches);
});

test('a name that is taken or no name is refused; nothing unfinished stays behind', async () => {
  await backUp(store, { name: 'one' });
  await expect(backUp(store, { name: 'one' })).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('already'),
  });
  for (const name of ['', '../evil', 'a/b', "x'; DROP", '.hidden', 'x'.repeat(101)])
    await expect(backUp(store, { name })).rejects.toMatchObject({ code: 'unsupported' });
  // The engine refuses a folder it did not make, and the rest of the attempt is removed.
  mkdirSync(path.join(folder, 'backups & more', 'two.unfinished', 'tables'), { recursive: true });
  await backUp(store, { name: 'two' });
  expect(readdirSync(path.join(folder, 'backups & more')).toSorted()).toEqual(['one', 'two']);
});

test('a restore refuses a directory with something in it, a folder that is no backup, and half a backup', async () => {
  await store.write(batch(0), 'batch');
  const { place } = await backUp(store, { name: 'one' });
  await store.close();
  const used = path.join(folder, 'data');
  await expect(restoreBackup({ backup: place, directory: used })).rejects.toMatchObject({
    code: 'not_empty',
    message: expect.stringContaining('is not empty'),
  });
  const directory = path.join(folder, 'new');
  await expect(restoreBackup({ backup: used, directory })).rejects.toMatchObject({ code: 'unsupported' });
  expect(existsSync(directory)).toBe(false);
  writeFileSync(path.join(place, 'manifest.json'), '{"format": 2}');
  await expect(restoreBackup({ backup: place, directory })).rejects.toThrow('format 1');
});

test('a backup that lost or changed a part is not taken for good', async () => {
  await store.write(batch(0), 'batch');
  const { place } = await backUp(store, { name: 'one' });
  await store.close();
  const data = path.join(place, 'tables', 'data', 'tracelore', 'outcomes');
  const [part = ''] = readdirSync(data);
  writeFileSync(path.join(data, part, 'data.bin'), 'something else');
  await expect(
    restoreBackup({ backup: place, directory: path.join(folder, 'changed') }),
  ).rejects.toMatchObject({ name: 'StoreError' });
});

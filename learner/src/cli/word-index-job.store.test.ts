import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore, type Store } from '@tracelore/collector/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWordIndex } from './word-index-job.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'word-index-job-'));
let store: Store;
beforeAll(async () => {
  store = await openStore({ location: { kind: 'embedded', directory } });
});
afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

async function textIndexes(): Promise<string[]> {
  const rows = await store.driver.query<{ table: string }>(
    `SELECT table FROM system.data_skipping_indices WHERE database = 'tracelore' AND name = 'idx_text' ORDER BY table`,
  );
  return rows.map(({ table }) => table);
}

test('the exact index of words is there when it is configured, and goes when it is not', async () => {
  const reports: string[] = [];
  for (const [textIndex, tables] of [
    [true, ['logs', 'spans']],
    [true, ['logs', 'spans']],
    [false, []],
  ] as const) {
    const job = await startWordIndex(store, { textIndex }, (text) => reports.push(text));
    await job.stop();
    expect(await textIndexes()).toEqual(tables);
  }
  expect(reports).toEqual([]);
});

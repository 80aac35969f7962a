import { afterAll, beforeAll, expect, test } from 'vitest';
import { runWriter } from './run-writer.ts';
import { SAMPLE_START_MS, sampleModelCall, sampleSpan } from './testing/sample-records.ts';
import { openTemporaryStore, type TemporaryStore } from './testing/temporary-store.ts';

const NOW = SAMPLE_START_MS + 20_000;
const RUNS = ['a', 'b', 'c', 'd', 'e'].map((letter) => letter.repeat(32));

let temporary: TemporaryStore;
beforeAll(async () => {
  temporary = await openTemporaryStore();
  const spans = RUNS.flatMap((id) => [
    sampleSpan({ runId: id, traceId: id }),
    sampleModelCall({ runId: id, traceId: id }),
  ]);
  await temporary.store.write({ spans, logs: [], outcomes: [] }, 'spans');
});
afterAll(async () => await temporary.remove());

test('runs with more spans than may be in memory are taken in parts', async () => {
  const { store } = temporary;
  const inserts: number[] = [];
  const driver: typeof store.driver = {
    ...store.driver,
    insert: async (rows) => {
      inserts.push(rows.rows);
      await store.driver.insert(rows);
    },
  };
  const writer = runWriter(driver, store.database, 4);
  await writer.refresh(
    RUNS.map((runId) => ({ project: 'p', runId })),
    NOW,
  );
  expect(inserts).toEqual([2, 1, 2]);
  const runs = await store.listRuns({ project: 'p' });
  const found = new Map(runs.map(({ runId, spans }) => [runId, spans]));
  expect(found).toEqual(new Map(RUNS.map((runId) => [runId, 2])));
});

test('one run above the limit is an error', async () => {
  const { store } = temporary;
  const writer = runWriter(store.driver, store.database, 1);
  const [runId = ''] = RUNS;
  await expect(writer.refresh([{ project: 'p', runId }], NOW)).rejects.toMatchObject({
    code: 'TOO_MANY_ROWS_OR_BYTES',
  });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { untilDone } from './delete-rows.ts';
import type { Store } from './store.ts';
import { SAMPLE_START_MS, SAMPLE_START_NS, sampleSpan } from './testing/sample-records.ts';
import { openTemporaryStore, type TemporaryStore } from './testing/temporary-store.ts';
import { useTextIndex } from './text-index.ts';

let temporary: TemporaryStore;
let store: Store;
beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
});
afterAll(() => temporary.remove());

const RUNS = 3;

async function write(first: number): Promise<void> {
  const runs = Array.from({ length: RUNS }, (_, index) => String(first + index).padStart(32, '0'));
  const spans = runs.map((runId, index) =>
    sampleSpan({
      runId,
      startUnixNano: SAMPLE_START_NS + BigInt(first + index),
      input: `order ${first + index} of many`,
    }),
  );
  await store.write({ spans, logs: [], outcomes: [] }, `from ${first}`);
  await store.refresh(
    runs.map((runId) => ({ project: 'p', runId })),
    SAMPLE_START_MS,
  );
}

/** Numbers of the runs that each order's number finds. */
async function foundBy(orders: readonly number[]): Promise<number[][]> {
  const found: number[][] = [];
  for (const order of orders) {
    const { runs } = await store.searchRuns({
      project: 'p',
      span: { text: String(order) },
      startedAfterMs: SAMPLE_START_MS - 1,
    });
    found.push(runs.map((run) => Number(run.runId)));
  }
  return found;
}

async function open(): Promise<number> {
  const rows = await store.driver.query('SELECT 1 FROM system.mutations WHERE NOT is_done');
  return rows.length;
}

test('every word is found before, while and after the index is built, which nobody has to wait for', async () => {
  const orders = Array.from({ length: 2 * RUNS }, (_, index) => index);
  const each = orders.map((order) => [order]);
  await write(0);
  expect(await foundBy(orders.slice(0, RUNS))).toEqual(each.slice(0, RUNS));
  // Nothing is rewritten meanwhile.
  await store.driver.command('SYSTEM STOP MERGES');
  await useTextIndex(store.driver, store.database, true);
  expect(await open()).toBeGreaterThan(0);
  expect(await foundBy(orders.slice(0, RUNS))).toEqual(each.slice(0, RUNS));
  await write(RUNS);
  expect(await foundBy(orders)).toEqual(each);
  await store.driver.command('SYSTEM START MERGES');
  expect(await foundBy(orders)).toEqual(each);
  await untilDone(store.driver, store.database, 'spans');
  await untilDone(store.driver, store.database, 'logs');
  expect(await foundBy(orders)).toEqual(each);
  expect(await foundBy([2 * RUNS])).toEqual([[]]);
  await useTextIndex(store.driver, store.database, false);
  expect(await foundBy(orders)).toEqual(each);
});

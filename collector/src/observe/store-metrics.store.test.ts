import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleSpan } from '../store/testing/sample-records.ts';
import { openTemporaryStore, type TemporaryStore } from '../store/testing/temporary-store.ts';
import { createObservatory } from './observatory.ts';
import { observeStore } from './store-metrics.ts';

let temporary: TemporaryStore;
beforeAll(async () => {
  temporary = await openTemporaryStore();
});
afterAll(async () => await temporary.remove());

const SERVICE = { serviceName: 'tracelore', serviceVersion: '0' };

/** The value of a line, by its beginning. */
function valueOf(text: string, series: string): number {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return Number(line?.slice(series.length));
}

test('what the engine carries can be read', async () => {
  const { store } = temporary;
  await store.write({ spans: [sampleSpan()], logs: [], outcomes: [] }, 'one');
  const observatory = createObservatory(SERVICE);
  observeStore(observatory.meter, store);
  const text = await observatory.render();
  expect(valueOf(text, 'tracelore_store_up')).toBe(1);
  expect(valueOf(text, 'tracelore_store_parts{table="spans"}')).toBe(1);
  expect(valueOf(text, 'tracelore_store_rows{table="spans"}')).toBe(1);
  expect(valueOf(text, 'tracelore_store_disk_bytes{table="spans"}')).toBeGreaterThan(100);
  expect(valueOf(text, 'tracelore_store_merges')).toBeGreaterThanOrEqual(0);
  expect(valueOf(text, 'tracelore_store_memory_bytes')).toBeGreaterThan(1_000_000);
});

test('an engine that does not answer is told as such', async () => {
  const observatory = createObservatory(SERVICE);
  observeStore(observatory.meter, {
    ...temporary.store,
    database: temporary.store.database,
    driver: failing(),
  });
  const text = await observatory.render();
  expect(valueOf(text, 'tracelore_store_up')).toBe(0);
  expect(text).not.toContain('tracelore_store_parts{');
});

function failing(): TemporaryStore['store']['driver'] {
  return { ...temporary.store.driver, query: () => Promise.reject(new Error('gone')) };
}

import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCollector, type Collector } from './collector.ts';
import type { Store } from './store/store.ts';
import { openTemporaryStore, type TemporaryStore } from './store/testing/temporary-store.ts';

let temporary: TemporaryStore;
let store: Store;
let collector: Collector;
beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  collector = createCollector({ store, port: 0, commitIntervalMs: 0 });
  await collector.start();
});
afterAll(async () => {
  await collector.shutdown();
  await temporary.remove();
});

const WIRE = new URL('../../../shared/data/wire/', import.meta.url);

test.skipIf(!existsSync(WIRE))('a recorded export answered 200 is a run with its spans', async () => {
  const body = readFileSync(new URL('langgraph-openinference/00-traces.pb', WIRE));
  const response = await fetch(`${collector.address.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'x-tracelore-project': 'smoke' },
    body,
  });
  expect(response.status).toBe(200);
  expect(await response.arrayBuffer()).toHaveProperty('byteLength', 0);
  await collector.settleRuns();
  const runs = await store.listRuns({ project: 'smoke' });
  const spans = await store.readRun('smoke', runs[0]?.runId ?? '');
  expect(spans).toHaveLength(14);
});

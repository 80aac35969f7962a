import { afterAll, beforeAll, expect, test } from 'vitest';
import { expire } from './retention.ts';
import type { Store } from './store.ts';
import { sampleLog, sampleOutcome, sampleSpan } from './testing/sample-records.ts';
import { openTemporaryStore, type TemporaryStore } from './testing/temporary-store.ts';

let temporary: TemporaryStore;
let store: Store;
beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  for (const project of ['short', 'long', 'ever'])
    for (const age of [1, 10, 100]) await writeDay(project, age);
});
afterAll(() => temporary.remove());

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 20, 15);
const TABLES = ['spans', 'logs', 'runs', 'outcomes', 'id_times'];

async function writeDay(project: string, age: number): Promise<void> {
  const atMs = NOW - age * DAY_MS;
  const timeUnixNano = BigInt(atMs) * 1_000_000n;
  const runId = `${project} ${age}`;
  await store.write(
    {
      spans: [sampleSpan({ project, runId, startUnixNano: timeUnixNano, receivedAtMs: atMs })],
      logs: [sampleLog({ project, traceId: runId, timeUnixNano, receivedAtMs: atMs })],
      outcomes: [sampleOutcome({ project, runId, timeUnixNano, receivedAtMs: atMs })],
    },
    runId,
  );
  await store.refresh([{ project, runId }], NOW);
}

/** What is left in each table, `project age`. */
async function left(): Promise<Record<string, string[]>> {
  const counts: Record<string, string[]> = {};
  for (const table of TABLES) {
    const column = table === 'logs' ? 'trace_id' : table === 'id_times' ? 'id' : 'run_id';
    const rows = await store.driver.query<{ id: string }>(
      `SELECT DISTINCT ${column} AS id FROM ${store.database}.${table} ORDER BY id`,
    );
    counts[table] = rows.map(({ id }) => id);
  }
  return counts;
}

function everywhere(...ids: string[]): Record<string, string[]> {
  return Object.fromEntries(TABLES.map((table) => [table, ids]));
}

test('each project keeps its days; without a rule nothing goes', async () => {
  const { driver, database } = store;
  expect(await expire(driver, database, {}, NOW)).toStrictEqual({ days: 0, rows: 0 });
  // Nobody's day is old for all: rows go one by one.
  const first = await expire(driver, database, { projects: { short: 5, long: 50 } }, NOW);
  expect(first.days).toBe(0);
  expect(first.rows).toBeGreaterThan(0);
  expect(await left()).toStrictEqual(
    everywhere('ever 1', 'ever 10', 'ever 100', 'long 1', 'long 10', 'short 1'),
  );
  expect(await expire(driver, database, { projects: { short: 5, long: 50 } }, NOW)).toStrictEqual({
    days: 0,
    rows: 0,
  });
  // Now no project keeps the oldest day: it is dropped whole in the three large tables.
  expect(await expire(driver, database, { days: 50 }, NOW)).toMatchObject({ days: 3 });
  expect(await left()).toStrictEqual(everywhere('ever 1', 'ever 10', 'long 1', 'long 10', 'short 1'));
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { erase } from './erasure.ts';
import type { Store } from './store.ts';
import { sampleLog, sampleOutcome, sampleSpan, SAMPLE_START_MS } from './testing/sample-records.ts';
import { openTemporaryStore, type TemporaryStore } from './testing/temporary-store.ts';

let temporary: TemporaryStore;
let store: Store;
beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
});
afterAll(() => temporary.remove());

const NOW = SAMPLE_START_MS + 60_000;
const [ANNS, BOBS] = ['a'.repeat(32), 'b'.repeat(32)];

/** A run with a child that does not name its user, a log record and an outcome. */
async function writeRun(project: string, runId: string, userId: string): Promise<void> {
  const place = { project, runId, traceId: runId };
  await store.write(
    {
      spans: [
        sampleSpan({ ...place, userId, sessionId: `session of ${userId}`, input: `I am ${userId}` }),
        sampleSpan({
          ...place,
          spanId: '2'.repeat(16),
          parentSpanId: '1'.repeat(16),
          output: `to ${userId}`,
        }),
      ],
      logs: [sampleLog({ project, traceId: runId, body: `about ${userId}` })],
      outcomes: [sampleOutcome({ project, runId, outcomeId: `o ${runId}`, comment: `${userId} was angry` })],
    },
    `${project} ${runId}`,
  );
  await store.refresh([{ project, runId }], NOW);
}

/** Every row of the project in every table, as text. */
async function everything(project: string): Promise<string> {
  const tables = ['spans', 'logs', 'outcomes', 'runs', 'analyses', 'id_times'];
  const rows = await Promise.all(
    tables.map((table) =>
      store.driver.query<object>(
        `SELECT * FROM ${store.database}.${table} WHERE project = {project: String}`,
        {
          parameters: { project },
        },
      ),
    ),
  );
  return JSON.stringify(rows);
}

test.each([
  ['user', 'ann'],
  ['session', 'session of ann'],
  ['trace', ANNS],
] as const)('everything about a %s is erased, its neighbours and other projects stay', async (kind, id) => {
  const [project, other] = [`by-${kind}`, `not-${kind}`];
  await writeRun(project, ANNS, 'ann');
  await writeRun(project, BOBS, 'bob');
  await writeRun(other, ANNS, 'ann');
  const [kept, before] = [await everything(other), await everything(project)];
  expect(before).toContain('ann');
  expect(await erase(store, project, { kind, id }, NOW)).toStrictEqual({
    runIds: [ANNS],
    traceIds: [ANNS],
    spans: 2,
    logs: 1,
    outcomes: 1,
  });
  const after = await everything(project);
  expect(after).not.toMatch(/ann|aaaa/);
  expect(await store.listRuns({ project })).toMatchObject([{ runId: BOBS, userId: 'bob', spans: 2 }]);
  expect(await store.readRun(project, BOBS)).toHaveLength(2);
  expect(await everything(other)).toBe(kept);
  // Again: there is nothing left.
  expect(await erase(store, project, { kind, id }, NOW)).toMatchObject({ runIds: [], spans: 0, logs: 0 });
});

test('of a run over two traces one is erased, and the run is recomputed', async () => {
  const project = 'two-traces';
  const runId = 'r'.repeat(32);
  const [first, second] = ['c'.repeat(32), 'd'.repeat(32)];
  await store.write(
    {
      spans: [
        sampleSpan({ project, runId, traceId: first }),
        sampleSpan({ project, runId, traceId: second, spanId: '2'.repeat(16), output: 'private' }),
      ],
      logs: [],
      outcomes: [sampleOutcome({ project, runId })],
    },
    project,
  );
  await store.refresh([{ project, runId }], NOW);
  expect(await erase(store, project, { kind: 'trace', id: second }, NOW)).toMatchObject({
    runIds: [],
    spans: 1,
    outcomes: 0,
  });
  expect(await store.listRuns({ project })).toMatchObject([{ runId, spans: 1, outcome: { passed: true } }]);
  expect(await everything(project)).not.toContain('private');
});

test('log records without a trace go when they name the user', async () => {
  const project = 'logs-only';
  await store.write(
    {
      spans: [],
      logs: [
        sampleLog({ project, traceId: '', attributes: new Map([['user.id', 'ann']]) }),
        sampleLog({ project, traceId: '', attributes: new Map([['user.id', 'bob']]) }),
      ],
      outcomes: [],
    },
    project,
  );
  expect(await erase(store, project, { kind: 'user', id: 'ann' }, NOW)).toMatchObject({ logs: 1 });
  expect(await everything(project)).toMatch(/bob/);
});

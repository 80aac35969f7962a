import { afterAll, beforeAll, expect, test } from 'vitest';
import { erase } from './erasure.ts';
import type { Store } from './store.ts';
import { SAMPLE_START_MS, SAMPLE_START_NS, sampleSpan } from './testing/sample-records.ts';
import { openTemporaryStore, type TemporaryStore } from './testing/temporary-store.ts';

let temporary: TemporaryStore;
let store: Store;
beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
});
afterAll(() => temporary.remove());

const HOUR_NS = 3_600_000_000_000n;
const [RUN, OTHER_RUN, OTHER_TRACE] = ['a'.repeat(32), 'b'.repeat(32), 'c'.repeat(32)];

/**
 * Ann's run, whose id is that of its first trace, with a second trace; in the first, an hour earlier, a span of another run.
 * One batch per span.
 */
async function writeEntangled(project: string): Promise<void> {
  const spans = [
    sampleSpan({ project, runId: RUN, traceId: RUN, userId: 'ann' }),
    sampleSpan({ project, runId: RUN, traceId: RUN, spanId: '2'.repeat(16) }),
    sampleSpan({ project, runId: RUN, traceId: OTHER_TRACE, startUnixNano: SAMPLE_START_NS + HOUR_NS }),
    sampleSpan({ project, runId: OTHER_RUN, traceId: RUN, startUnixNano: SAMPLE_START_NS - HOUR_NS }),
  ];
  for (const [index, span] of spans.entries()) {
    const batch = { spans: [span], logs: [], outcomes: [] };
    await store.write(batch, `${project} ${index}`);
    await store.write(batch, `${project} ${index}`);
  }
}

/** Hour of the first and the last span, and number of spans. */
async function timesOf(project: string, kinds: string, id: string): Promise<unknown> {
  const [row] = await store.driver.query(
    `SELECT toHour(min(start)) AS first, toHour(max(end)) AS last, toUInt32(sum(spans)) AS spans FROM tracelore.id_times
     WHERE project = {project: String} AND id = {id: String} AND ${kinds} HAVING count() > 0`,
    { parameters: { project, id } },
  );
  return row;
}

const [OF_RUN, OF_TRACE] = [`kind != 'trace'`, `kind != 'run'`];

test('runs and traces that share an id have their own times and numbers of spans, each stored row counted once', async () => {
  await writeEntangled('told');
  expect(await timesOf('told', OF_RUN, RUN)).toEqual({ first: 12, last: 13, spans: 3 });
  expect(await timesOf('told', OF_TRACE, RUN)).toEqual({ first: 11, last: 12, spans: 3 });
  expect(await timesOf('told', OF_RUN, OTHER_RUN)).toEqual({ first: 11, last: 11, spans: 1 });
  expect(await timesOf('told', OF_TRACE, OTHER_TRACE)).toEqual({ first: 13, last: 13, spans: 1 });
  expect(await timesOf('told', OF_RUN, OTHER_TRACE)).toBeUndefined();
});

test('what stands in one insert is one row per run', async () => {
  const spans = Array.from({ length: 40 }, (_, index) =>
    sampleSpan({
      project: 'together',
      runId: String(index % 4).repeat(32),
      spanId: String(index).padStart(16, '0'),
    }),
  );
  await store.write({ spans, logs: [], outcomes: [] }, 'together');
  expect(
    await store.driver.query(
      `SELECT id, spans FROM tracelore.id_times WHERE project = 'together' ORDER BY id`,
    ),
  ).toEqual([0, 1, 2, 3].map((index) => ({ id: String(index).repeat(32), spans: '10' })));
});

test('runs are found by the beginning of their ids, traces that are no runs are not', async () => {
  await writeEntangled('found');
  await store.refresh(
    [RUN, OTHER_RUN].map((runId) => ({ project: 'found', runId })),
    SAMPLE_START_MS,
  );
  expect(await store.findRun('found', 'aaaa')).toMatchObject({ runId: RUN, spans: 3 });
  expect(await store.findRun('found', OTHER_RUN)).toMatchObject({ spans: 1 });
  expect(await store.findRun('found', OTHER_TRACE)).toBeUndefined();
  expect(await store.findRun('found', 'cccc')).toBeUndefined();
});

test('a run that is erased leaves the times of a trace that another run shares', async () => {
  await writeEntangled('erased');
  expect(await erase(store, 'erased', { kind: 'user', id: 'ann' }, SAMPLE_START_MS)).toMatchObject({
    runIds: [RUN],
    spans: 3,
  });
  expect(await timesOf('erased', OF_RUN, RUN)).toBeUndefined();
  expect(await timesOf('erased', OF_TRACE, RUN)).toEqual({ first: 11, last: 11, spans: 1 });
  expect(await timesOf('erased', OF_TRACE, OTHER_TRACE)).toBeUndefined();
});

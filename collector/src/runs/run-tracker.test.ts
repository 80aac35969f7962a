import { expect, test } from 'vitest';
import type { Batch } from '../records.ts';
import { MemoryStore } from '../testing/memory-store.ts';
import { sampleBatch } from '../testing/sample-batch.ts';
import { noteRuns, type RunKey } from './run-key.ts';
import { RunTracker } from './run-tracker.ts';

const QUIET_MS = 10_000;

function setUp(): { store: MemoryStore; tracker: RunTracker; time: { now: number }; failures: unknown[] } {
  const store = new MemoryStore();
  const time = { now: 1_000_000 };
  const failures: unknown[] = [];
  const tracker = new RunTracker(store, {
    quietMs: QUIET_MS,
    now: () => time.now,
    onFailure: (error) => failures.push(error),
  });
  return { store, tracker, time, failures };
}

function runsOf(batch: Batch): Iterable<RunKey> {
  const runs = new Map<string, RunKey>();
  noteRuns(batch, runs);
  return runs.values();
}

function runOf(batch: Batch): string {
  return batch.spans[0]?.runId ?? '';
}

test('a run is recomputed once nothing came for it for the quiet time', async () => {
  const { store, tracker, time } = setUp();
  const [busy, quiet] = [sampleBatch(), sampleBatch()];
  tracker.touch(runsOf(busy));
  tracker.touch(runsOf(quiet));
  time.now += QUIET_MS - 1;
  tracker.touch(runsOf(busy));
  await tracker.check();
  expect(store.refreshed).toStrictEqual([]);
  time.now += 1;
  await tracker.check();
  expect(store.refreshed).toStrictEqual([{ project: 'test', runId: runOf(quiet) }]);
  time.now += QUIET_MS;
  await tracker.check();
  expect(store.refreshed.map(({ runId }) => runId)).toStrictEqual([runOf(quiet), runOf(busy)]);
  expect(tracker.waiting).toBe(0);
});

test('settle recomputes everything touched so far, once', async () => {
  const { store, tracker } = setUp();
  const batches = [sampleBatch(), sampleBatch()];
  for (const batch of [...batches, ...batches]) tracker.touch(runsOf(batch));
  await tracker.settle();
  await tracker.settle();
  expect(store.refreshed.map(({ runId }) => runId)).toStrictEqual(batches.map(runOf));
});

test('settle ends with what was touched before it, although runs are touched all the time', async () => {
  const { store, tracker } = setUp();
  const refresh = store.refresh.bind(store);
  let later = 0;
  store.refresh = async (runs) => {
    if (later < 5) tracker.touch([{ project: 'default', runId: `later ${(later += 1)}` }]);
    await refresh(runs);
  };
  tracker.touch([{ project: 'default', runId: 'before' }]);
  await tracker.settle();
  expect(store.refreshed.map(({ runId }) => runId)).toStrictEqual(['before']);
  expect(tracker.waiting).toBe(1);
});

test('a failed recomputation is kept, reported and tried again', async () => {
  const { store, tracker, time, failures } = setUp();
  const batch = sampleBatch();
  tracker.touch(runsOf(batch));
  time.now += QUIET_MS;
  store.refreshFailures.push(new Error('store gone'));
  await tracker.check();
  expect([tracker.problem, tracker.waiting, failures.length]).toStrictEqual(['store gone', 1, 1]);
  await tracker.check();
  expect([tracker.problem, tracker.waiting]).toStrictEqual(['', 0]);
  expect(store.refreshed).toHaveLength(1);
});

test('an outcome touches the run it judges', async () => {
  const { store, tracker } = setUp();
  const batch: Batch = {
    spans: [],
    logs: [],
    outcomes: [
      {
        project: 'test',
        outcomeId: 'o',
        runId: 'judged',
        traceId: '',
        spanId: '',
        name: 'outcome',
        source: 'human',
        score: 1,
        passed: true,
        comment: '',
        timeUnixNano: 1n,
        receivedAtMs: 1,
      },
    ],
  };
  tracker.touch(runsOf(batch));
  await tracker.settle();
  expect(store.refreshed).toStrictEqual([{ project: 'test', runId: 'judged' }]);
});

test('the start catches up on runs that an earlier process left, in parts', async () => {
  const { store, tracker } = setUp();
  store.staleRuns = Array.from({ length: 1_200 }, (_, index) => ({ project: 'test', runId: `run ${index}` }));
  tracker.start();
  tracker.stop();
  await tracker.settle();
  expect(new Set(store.refreshed.map(({ runId }) => runId)).size).toBe(1_200);
});

test('runs that stay stale do not keep the catch-up going', async () => {
  const { store, tracker } = setUp();
  const stuck = { project: 'test', runId: 'stuck' };
  store.stale = async () => await Promise.resolve([stuck]);
  tracker.start();
  tracker.stop();
  await tracker.settle();
  expect(store.refreshed).toStrictEqual([stuck]);
});

test('runs that wait anyway, new ones all the time, do not keep the catch-up going', async () => {
  const { store, tracker } = setUp();
  let asked = 0;
  store.stale = async () => {
    asked += 1;
    const next = { project: 'test', runId: `run ${asked}` };
    tracker.touch([next]);
    return await Promise.resolve([{ project: 'test', runId: 'missed' }, next].slice(asked === 1 ? 0 : 1));
  };
  tracker.start();
  tracker.stop();
  await tracker.settle();
  expect(asked).toBe(2);
  expect(store.refreshed.map(({ runId }) => runId)).toStrictEqual(['missed', 'run 1', 'run 2']);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { RecentRuns } from './recent-runs.ts';
import { runWriter } from './run-writer.ts';
import type { RunWriter } from './store.ts';
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

/** Nothing in memory, and so many rows read at a time. */
function readingWriter(rowsPerRead: number, reads: number[]): RunWriter {
  const { driver, database } = temporary.store;
  const counting: typeof driver = {
    ...driver,
    stream: async function* <Row>(...asked: Parameters<typeof driver.stream>) {
      let rows = 0;
      for await (const row of driver.stream<Row>(...asked)) {
        rows += 1;
        yield row;
      }
      reads.push(rows);
    },
  };
  return runWriter({ driver: counting, database, recent: new RecentRuns(), rowsPerRead });
}

test.each([
  ['some at a time', 4, [4, 4, 2]],
  ['a run that has more than may be read at a time alone', 1, [2, 2, 2, 2, 2]],
])('runs are read in parts: %s', async (_, rowsPerRead, expected) => {
  const reads: number[] = [];
  const writer = readingWriter(rowsPerRead, reads);
  await writer.refresh(
    RUNS.map((runId) => ({ project: 'p', runId })),
    NOW,
  );
  expect(reads).toEqual(expected);
  const runs = await temporary.store.listRuns({ project: 'p' });
  const found = new Map(runs.map(({ runId, spans }) => [runId, spans]));
  expect(found).toEqual(new Map(RUNS.map((runId) => [runId, 2])));
});

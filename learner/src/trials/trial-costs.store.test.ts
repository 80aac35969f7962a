import { afterAll, beforeAll, expect, it } from 'vitest';
import { openLoopStore, writeRuns, type RunDraft } from '../learn/loop-bench.testing.ts';
import { createTrialCosts } from './trial-costs.ts';

let disk: Awaited<ReturnType<typeof openLoopStore>>;

beforeAll(async () => {
  disk = await openLoopStore();
});
afterAll(() => disk.remove());

const run = (id: string, trial: string, cost: Pick<RunDraft, 'costNanoUsd'>): RunDraft => ({
  id,
  trial,
  input: 'task',
  output: 'answer',
  ...cost,
});

it('reads what trials cost; where a call has no price, or nothing was recorded, nobody knows', async () => {
  await writeRuns(disk.store, 'p', [
    run('a', 't1', { costNanoUsd: 300_000 }),
    run('b', 't2', { costNanoUsd: 1_000_000 }),
    run('c', 't2', { costNanoUsd: 500_000 }),
    run('d', 't3', { costNanoUsd: null }),
    run('e', 't4', {}),
  ]);
  await writeRuns(disk.store, 'other', [run('f', 't5', { costNanoUsd: 1 })]);
  let settled = 0;
  const costsOf = createTrialCosts({
    driver: disk.store.driver,
    database: disk.store.database,
    settle: async () => void (settled += 1),
  });
  expect(await costsOf('p', ['t1', 't2', 't3', 't4', 't5', 'none'])).toEqual(
    new Map([
      ['t1', 0.0003],
      ['t2', 0.0015],
    ]),
  );
  expect(await costsOf('p', [])).toEqual(new Map());
  expect(settled).toBe(2);
});

import { expect, test } from 'vitest';
import { inParts, Pool } from './pool.ts';

const JOBS = inParts([0, 1, 2], 1).map((indices) => ({ seed: 'pool', indices }));

async function withPool<T>(size: number, work: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = new Pool(size);
  try {
    return await work(pool);
  } finally {
    pool.close();
  }
}

test('results are in the order of the jobs and the same however many children there are', async () => {
  const alone = await withPool(1, (pool) => pool.all('slices', JOBS));
  expect(alone).toHaveLength(JOBS.length);
  expect(await withPool(2, (pool) => pool.all('slices', JOBS))).toEqual(alone);
});

test('what a job throws reaches whoever asked for it', async () => {
  const job = { gate: 'nobody', worlds: [{ seed: 'pool', lifts: [], mean: 0.5 }], runsBudget: 10 };
  await expect(withPool(1, (pool) => pool.all('cycles', [job]))).rejects.toThrow('no gate is named nobody');
});

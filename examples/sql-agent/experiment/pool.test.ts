import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { mapPool } from './pool.ts';

test('keeps the order of the items and never runs more than allowed at once', async () => {
  let running = 0;
  let most = 0;
  const results = await mapPool(
    Array.from({ length: 20 }, (_, index) => index),
    3,
    async (item) => {
      running += 1;
      most = Math.max(most, running);
      for (let turns = item % 4; turns >= 0; turns -= 1) await turn();
      running -= 1;
      return item * 2;
    },
  );
  expect(results).toEqual(Array.from({ length: 20 }, (_, index) => index * 2));
  expect(most).toBe(3);
});

test('passes on what the work throws', async () => {
  await expect(
    mapPool([1, 2], 2, async (item) => {
      if (item === 2) throw new Error('two');
    }),
  ).rejects.toThrow('two');
});

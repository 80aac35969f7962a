import { expect, test } from 'vitest';
import { createFreshness, FRESH_FOR_MS } from './freshness.ts';

test('readers at the same time share one refresh, soon after they need none', async () => {
  let [refreshes, clock] = [0, 0];
  const fresh = createFreshness(
    async () => {
      refreshes += 1;
      await Promise.resolve();
    },
    () => clock,
  );
  await Promise.all([fresh(), fresh(), fresh()]);
  expect(refreshes).toBe(1);
  clock += FRESH_FOR_MS - 1;
  await fresh();
  expect(refreshes).toBe(1);
  clock += 1;
  await fresh();
  expect(refreshes).toBe(2);
});

test('nobody waits for a refresh that hangs, or sees one that fails', async () => {
  const hanging = createFreshness(() => new Promise(() => undefined));
  await expect(hanging()).resolves.toBeUndefined();
  const failing = createFreshness(() => Promise.reject(new Error('no store')));
  await expect(failing()).resolves.toBeUndefined();
});

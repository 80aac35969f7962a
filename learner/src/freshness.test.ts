import { expect, test } from 'vitest';
import { createFreshness, FRESH_FOR_MS, FRESH_WAIT_MAX_MS } from './freshness.ts';

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
  await expect(hanging(1)).resolves.toBeUndefined();
  const failing = createFreshness(() => Promise.reject(new Error('no store')));
  await expect(failing()).resolves.toBeUndefined();
});

test('who needs to be sure waits longer than who just looks', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isVisible = false;
  const fresh = createFreshness(() => promise);
  const sure = fresh(FRESH_WAIT_MAX_MS).then(() => isVisible);
  await fresh(1);
  isVisible = true;
  resolve();
  expect(await sure).toBe(true);
});

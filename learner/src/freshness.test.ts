import { expect, test } from 'vitest';
import { createFreshness } from './freshness.ts';

/** Refreshes that end when told to; each takes with it what was received before it began. */
function scriptedRefresh(): {
  readonly refresh: () => Promise<void>;
  readonly ends: (() => void)[];
  received: number;
  visible: number;
} {
  const script = {
    ends: [] as (() => void)[],
    received: 0,
    visible: 0,
    refresh: async () => {
      const seen = script.received;
      const { promise, resolve } = Promise.withResolvers<void>();
      script.ends.push(resolve);
      await promise;
      script.visible = seen;
    },
  };
  return script;
}

test('readers who come while a refresh runs share the next one: the running one may have begun too early', async () => {
  const script = scriptedRefresh();
  const fresh = createFreshness(script.refresh);
  script.received = 1;
  const first = fresh();
  script.received = 2;
  const later = [fresh(), fresh(), fresh()];
  expect(script.ends).toHaveLength(1);
  script.ends[0]?.();
  await first;
  expect(script.visible).toBe(1);
  while (script.ends.length < 2) await Promise.resolve();
  script.ends[1]?.();
  await Promise.all(later);
  expect(script.visible).toBe(2);
  expect(script.ends).toHaveLength(2);
});

test('a reader after all others causes a refresh of its own', async () => {
  let refreshes = 0;
  const fresh = createFreshness(async () => {
    refreshes += 1;
    await Promise.resolve();
  });
  await fresh();
  await fresh();
  expect(refreshes).toBe(2);
});

test('nobody waits for a refresh that hangs, or sees one that fails', async () => {
  const hanging = createFreshness(() => new Promise(() => undefined));
  await expect(hanging(1)).resolves.toBeUndefined();
  await expect(hanging(1)).resolves.toBeUndefined();
  const failing = createFreshness(() => Promise.reject(new Error('no store')));
  await expect(failing()).resolves.toBeUndefined();
});

test('who needs to be sure waits longer than who just looks', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isVisible = false;
  const fresh = createFreshness(() => promise);
  const sure = fresh().then(() => isVisible);
  await fresh(1);
  isVisible = true;
  resolve();
  expect(await sure).toBe(true);
});

import { expect, test } from 'vitest';
import { FAILURE_COUNTS_MS, PROBE_INTERVAL_MS, STALLED_AFTER_MS, StoreHealth } from './store-health.ts';

test('after a failure data is refused for a moment, then let in to find out; a success ends it', () => {
  let now = 0;
  const health = new StoreHealth(() => now);
  health.writeBegan();
  expect([health.refuses, health.problem]).toEqual([false, '']);
  health.writeEnded('nobody listens');
  expect([health.refuses, health.problem]).toEqual([true, 'the store does not take data: nobody listens']);
  now += PROBE_INTERVAL_MS;
  expect([health.refuses, health.problem === '', health.isFailing]).toEqual([false, false, true]);
  now += FAILURE_COUNTS_MS;
  // Nobody has tried since: it is not known.
  expect([health.problem === '', health.isFailing]).toEqual([false, false]);
  health.writeBegan();
  health.writeEnded('');
  expect([health.refuses, health.problem]).toEqual([false, '']);
});

test('a write that hangs is a reason to refuse data, until it ends', () => {
  let now = 0;
  const health = new StoreHealth(() => now);
  health.writeBegan();
  now += STALLED_AFTER_MS - 1;
  expect([health.refuses, health.problem]).toEqual([false, '']);
  now += 1;
  expect([health.refuses, health.problem]).toEqual([true, 'the store has not answered a write for 5 s']);
  health.writeEnded('');
  expect([health.refuses, health.problem]).toEqual([false, '']);
});

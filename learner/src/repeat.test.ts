import { expect, test } from 'vitest';
import { repeat } from './repeat.ts';

test('work repeats, never twice at once, and a lasting failure is reported once', async () => {
  const reported: string[] = [];
  let [runs, parallel, most] = [0, 0, 0];
  const enough = Promise.withResolvers<void>();
  const work = async (): Promise<void> => {
    parallel += 1;
    most = Math.max(most, parallel);
    await Promise.resolve();
    parallel -= 1;
    runs += 1;
    if (runs === 6) enough.resolve();
    if (runs === 1 || runs === 5) return;
    throw new Error('no connection');
  };
  const repeated = repeat(work, 1, (text) => void reported.push(text));
  await enough.promise;
  await repeated.stop();
  expect(most).toBe(1);
  expect(reported).toEqual(['no connection', 'no connection']);
  const after = runs;
  await repeated.stop();
  expect(runs).toBe(after);
});

test('stopping waits for what runs and tells it', async () => {
  const started = Promise.withResolvers<void>();
  const order: string[] = [];
  const work = async (signal: AbortSignal): Promise<void> => {
    started.resolve();
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    order.push('work ended');
  };
  const repeated = repeat(work, 1, () => undefined);
  await started.promise;
  await repeated.stop();
  order.push('stopped');
  expect(order).toEqual(['work ended', 'stopped']);
});

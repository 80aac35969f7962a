import { expect, test } from 'vitest';
import { z } from 'zod';
import type { ChatModel } from './chat-model.ts';
import { dailySpending } from './daily-spending.ts';

const REQUEST = { system: '', user: '', schemaName: 's', schema: z.unknown() };

/** A model whose every call takes a million tokens. */
const modelNamed = (name: string): ChatModel & { calls: number } => {
  const model = {
    name,
    calls: 0,
    complete: () => {
      model.calls += 1;
      const usage = { inputTokens: 1_000_000, outputTokens: 0 };
      return Promise.resolve({ ok: false, failure: 'garbage', message: '', usage } as const);
    },
  };
  return model;
};

test('calls end when the money of the day is spent, and go on the next day', async () => {
  let now = new Date('2026-11-20T10:00:00Z');
  const spending = dailySpending(() => now, 0.19);
  const model = modelNamed('gpt-4o-mini');
  const watched = spending.watch(model);
  await watched.complete(REQUEST);
  const first = spending.total();
  expect(first).toBeGreaterThan(0.1);
  expect(await watched.complete(REQUEST)).toMatchObject({
    ok: false,
    failure: 'rate_limited',
    message: expect.stringContaining('0.19 USD for 2026-11-20'),
  });
  expect([model.calls, spending.total()]).toEqual([1, first]);
  now = new Date('2026-11-21T00:00:00Z');
  await watched.complete(REQUEST);
  expect(model.calls).toBe(2);
});

test('a model without a listed price is refused where there is a limit, and counted as unknown where there is none', async () => {
  const model = modelNamed('a-model-of-my-own');
  const refused = await dailySpending(() => new Date(), 1)
    .watch(model)
    .complete(REQUEST);
  expect(refused).toMatchObject({ failure: 'refused', message: expect.stringContaining('modelCallsPerDay') });
  const unlimited = dailySpending(() => new Date());
  await unlimited.watch(model).complete(REQUEST);
  expect([model.calls, unlimited.total()]).toEqual([1, null]);
});

test('calls at the same time cannot all pass on the same money', async () => {
  const model = modelNamed('gpt-4o-mini');
  const watched = dailySpending(() => new Date(), 0.1).watch(model);
  await Promise.all(Array.from({ length: 10 }, () => watched.complete(REQUEST)));
  expect(model.calls).toBeLessThanOrEqual(2);
});

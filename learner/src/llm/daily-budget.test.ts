import { expect, it } from 'vitest';
import { z } from 'zod';
import { NO_USAGE, type ChatModel } from './chat-model.ts';
import { dailyBudget } from './daily-budget.ts';

it('models share a budget of calls per day, and get a new one the next', async () => {
  let calls = 0;
  let now = '2026-11-20T23:59:00Z';
  const model: ChatModel = {
    name: 'm',
    complete: async ({ schema }) => {
      calls += 1;
      return { ok: true, value: schema.parse(calls), usage: NO_USAGE };
    },
  };
  const within = dailyBudget(() => new Date(now), 2);
  const [analyzer, judge] = [within(model), within(model)];
  const request = { system: '', user: '', schemaName: 'x', schema: z.number() };
  expect(await analyzer.complete(request)).toMatchObject({ ok: true });
  expect(await judge.complete(request)).toMatchObject({ ok: true });
  expect(await judge.complete(request)).toMatchObject({
    ok: false,
    failure: 'rate_limited',
    message: expect.stringContaining('2 model calls for 2026-11-20'),
  });
  now = '2026-11-21T00:00:00Z';
  expect(await analyzer.complete(request)).toMatchObject({ ok: true });
  expect(calls).toBe(3);
});

it('tokens are counted in and out; a call that would begin with none left fails, what is under way goes on', async () => {
  let now = '2026-11-20T23:59:00Z';
  const model: ChatModel = {
    name: 'm',
    complete: async ({ schema }) => ({
      ok: true,
      value: schema.parse(1),
      usage: { inputTokens: 60, outputTokens: 20 },
    }),
  };
  const limited = dailyBudget(() => new Date(now), 1_000, 100)(model);
  const request = { system: '', user: '', schemaName: 'x', schema: z.number() };
  const both = await Promise.all([limited.complete(request), limited.complete(request)]);
  expect(both).toMatchObject([{ ok: true }, { ok: true }]);
  expect(await limited.complete(request)).toMatchObject({
    ok: false,
    failure: 'rate_limited',
    message: expect.stringContaining('100 tokens for 2026-11-20'),
  });
  now = '2026-11-21T00:00:00Z';
  expect(await limited.complete(request)).toMatchObject({ ok: true });
});

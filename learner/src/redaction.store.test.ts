import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore, type Store } from '@tracelore/collector/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { resolveConfig } from './config.ts';
import { createLearner, type Learner } from './learner.ts';

/** A made-up key, and what a rule of one's own finds. Put together, so that no scanner takes this file for a leak. */
const SECRET = ['sk', '-proj-', 'a1B2'.repeat(8)].join('');
const EMPLOYEE = 'EMP-1234';
const TEXT = `with ${SECRET} for ${EMPLOYEE}`;
const CLEAN = 'with [redacted:api_key] for [redacted:employee]';

let directory: string;
let store: Store;
let learner: Learner;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'redaction-'));
  store = await openStore({ location: { kind: 'embedded', directory } });
  const rules = [{ name: 'employee', pattern: 'EMP-[0-9]{4}' }];
  learner = await createLearner({ store, config: resolveConfig({ file: { redaction: { rules } } }) });
});
afterAll(async () => {
  await learner.shutdown();
  await store.close();
  await rm(directory, { recursive: true });
});

async function post<T>(target: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
  const response = await learner.app.request(target, {
    method: 'POST',
    headers: { 'content-type': 'application/json', host: 'localhost' },
    body: JSON.stringify(body),
  });
  return schema.parse(await response.json());
}

/** Every row of every table, as JSON text. */
async function everythingStored(): Promise<string> {
  const tables = await store.driver.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = 'tracelore' AND engine NOT LIKE '%View'`,
  );
  const rows = await Promise.all(
    tables.map(({ name }) => store.driver.query<object>(`SELECT * FROM tracelore.\`${name}\``)),
  );
  return JSON.stringify(rows.flat());
}

test('nothing that comes by the API is stored with a secret in it', async () => {
  const any = z.unknown();
  const outcome = { run: 'a'.repeat(32), passed: false, source: 'human', name: TEXT, comment: TEXT };
  await post('/v1/outcomes', [outcome], z.looseObject({ recorded: z.literal(1) }));
  const evalCase = {
    task: TEXT,
    expected: TEXT,
    input: { deep: [TEXT], password: 'hunter22' },
    tags: [TEXT],
  };
  await post('/v1/evals/cases', { cases: [evalCase] }, z.looseObject({ added: z.literal(1) }));

  const text = { content: 'Divide amounts by 100.', appliesWhen: 'a question is about revenue' };
  const { rule } = await post(
    '/v1/knowledge',
    { ...text, because: TEXT, actor: TEXT },
    z.object({ rule: z.looseObject({ id: z.string() }) }),
  );
  await post(`/v1/knowledge/${rule.id}/approve`, { reason: TEXT, actor: TEXT }, any);
  await post(`/v1/knowledge/${rule.id}/edit`, { content: 'Divide amounts by 10.', actor: TEXT }, any);
  await post(`/v1/knowledge/${rule.id}/reject`, { reason: TEXT, actor: TEXT }, any);
  const refused = await post('/v1/knowledge', { ...text, content: `Use ${SECRET}.` }, any);
  expect(refused).toMatchObject({ status: 422, detail: expect.stringContaining('a secret') });

  const ask = { task: TEXT, unit: TEXT, agent: TEXT, session: TEXT };
  await post('/v1/knowledge/get', ask, z.looseObject({ decision: z.string() }));

  await post('/v1/evals/runs', { name: TEXT, rules: 'none' }, z.looseObject({ id: z.string() }));
  const lease = { runner: 'w1', max: 1, waitMs: 20_000 };
  const leased = z.object({
    trials: z.array(z.looseObject({ trial: z.string(), task: z.string() })).length(1),
  });
  const { trials } = await post('/v1/trials/lease', lease, leased);
  expect(trials[0]?.task).toBe(CLEAN);
  const report = { trial: trials[0]?.trial, runner: 'w1', output: TEXT, durationMs: 1 };
  expect(await post('/v1/trials/report', report, any)).toEqual({ accepted: true });
  await learner.shutdown();

  const stored = await everythingStored();
  for (const secret of [SECRET, EMPLOYEE, 'hunter22']) expect(stored).not.toContain(secret);
  // An answer that is right but for what was taken from both sides is right.
  const [result] = await store.driver.query<{ score: number; output: string }>(
    'SELECT score, output FROM tracelore.trials',
  );
  expect(result).toEqual({ score: 1, output: CLEAN });
  expect(stored).toMatch(/redacted:[0-9a-f]{24}/);
  for (const table of ['outcomes', 'eval_cases', 'eval_runs', 'knowledge_log', 'audit_log']) {
    const rows = await store.driver.query(`SELECT * FROM tracelore.${table}`);
    expect(JSON.stringify(rows)).toContain('[redacted:api_key]');
  }
});

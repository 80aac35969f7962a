import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createObservatory } from '@tracelore/collector';
import { openStore, type Store } from '@tracelore/collector/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { tracelore } from '../cli/child.testing.ts';
import { resolveConfig } from '../config.ts';
import { createLearner, type Learner } from '../learner.ts';
import { putSecret } from '../serving/known-secret.testing.ts';
import { runProduction } from './production.testing.ts';
import { stageShares } from './stage.ts';

const SEED = 'production';
const SECRET = 'a secret of the test';
const PROJECT = 'default';
const UNITS = 2_400;
const BATCH_UNITS = 150;
const RESTART_AT = 600;
const WAIT_MS = 5;
const WAITS_MAX = 60_000;
const HOLDOUT_GLOBAL = 0.05;
const SHARES = stageShares(0.1, true);
/** Unit from which another model answers: the rule that stays proves itself under it once more. */
const NEW_MODEL_AT = 2_100;
const NEW_MODEL = 'model-b';

const config = resolveConfig({ arguments: { port: 0, otlpPort: 0, holdoutGlobal: HOLDOUT_GLOBAL } });
let directory: string;
let store: Store;
let learner: Learner;
let url: string;

/** The same ids in every run. */
let idsMade = 0;
function newId(): string {
  idsMade += 1;
  return createHash('sha256').update(`${SEED} ${idsMade}`).digest('hex').slice(0, 32);
}

async function start(): Promise<void> {
  const observe = createObservatory({ serviceName: 'tracelore', serviceVersion: '0' });
  learner = await createLearner({ store, config, newId, watchPauseMs: WAIT_MS, observe });
  url = await learner.start();
}

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'online-'));
  store = await openStore({ location: { kind: 'embedded', directory } });
  await putSecret(store, SECRET);
  await start();
});

afterAll(async () => {
  await learner.shutdown();
  await store.close();
  await rm(directory, { recursive: true });
});

async function until(isMet: () => Promise<boolean>): Promise<void> {
  for (let waits = 0; waits < WAITS_MAX; waits += 1) {
    if (await isMet()) return;
    await pause(WAIT_MS);
  }
  throw new Error('the condition was not met');
}

async function post(route: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}${route}`, { method: 'POST', body: JSON.stringify(body), headers });
  expect(response.ok).toBe(true);
}

async function get<T>(route: string, schema: z.ZodType<T>): Promise<T> {
  const response = await fetch(`${url}${route}`);
  return schema.parse(await response.json());
}

const shownSchema = z.object({
  rule: z.object({ status: z.string(), reason: z.string() }),
  history: z.array(z.object({ type: z.string(), actor: z.string() })),
  watches: z.array(z.object({ fingerprint: z.string(), current: z.boolean(), stage: z.string() })),
});

test(`the service decides what the kernel decides: over ${UNITS} requests the harmful rule goes, the good one stays, a new model asks anew`, async () => {
  const { answers, differences, rules } = await runProduction({
    url: () => url,
    seed: SEED,
    secret: SECRET,
    project: PROJECT,
    shares: SHARES,
    holdoutGlobal: HOLDOUT_GLOBAL,
    rules: [
      { effect: () => 0.25, content: 'Divide revenue amounts by 100, they are stored in cents.' },
      { effect: () => -0.25, content: 'Multiply revenue amounts by 100, they are stored in units.' },
    ],
    units: UNITS,
    batchUnits: BATCH_UNITS,
    fingerprintAt: (unit) => (unit < NEW_MODEL_AT ? '' : NEW_MODEL),
    until,
    beforeBatch: async (from) => {
      // Neither of these is a unit, whatever comes of them.
      const eval_ = { task: 'revenue of orders', run: `eval-${from}`, override: 'active' };
      await post('/v1/knowledge/get', eval_);
      await post('/v1/outcomes', { run: `eval-${from}`, source: 'check', passed: false });
      if (from !== RESTART_AT) return undefined;
      await learner.shutdown();
      await start();
      return 'restarted';
    },
  });
  expect(differences).toEqual([]);
  expect(answers).toBe(UNITS);
  const [good, harmful] = rules;
  expect(harmful?.removedAt).toBeLessThan(UNITS / 2);
  const removed = await get(`/v1/knowledge/${harmful?.id}`, shownSchema);
  expect(removed.rule.reason).toMatch(
    /^harmful in production: harm E \d+\.\d after \d+ units; \d+ % of \d+ units/,
  );
  expect(removed.history.at(-1)).toEqual({ type: 'deprecated', actor: 'learner' });
  const kept = await get(`/v1/knowledge/${good?.id}`, shownSchema);
  expect(kept.rule.status).toBe('active');
  expect(kept.watches).toContainEqual({ fingerprint: '', current: true, stage: 'steady' });
  expect(kept.watches).toContainEqual({ fingerprint: NEW_MODEL, current: true, stage: 'steady' });
  const status = await (await fetch(`${url}/v1/status`)).json();
  expect(status).toMatchObject({
    online: { stages: { steady: 1, deprecated: 0 }, broken: 0, layer: { with: { missing: 0 } } },
  });
  const run = async (...args: string[]): Promise<string> =>
    (await tracelore([...args, '--url', url], directory)).stdout;
  const list = await run('knowledge', 'list');
  expect(list).toMatch(/^ID +KIND +STATUS +EFFECT +RULE$/m);
  expect(list).toMatch(/active, steady +\+\d+ points \[\+\d+, \+\d+\] +when/);
  expect(list).toMatch(/deprecated +−\d+ points \[−\d+, [+−]\d+\] +when/);
  const shown = await run('knowledge', 'show', harmful?.id ?? '');
  expect(shown).toMatch(/^online +deprecated, withheld from 100 %; epoch 1\.4$/m);
  expect(shown).toMatch(/^ +\d+ % of \d+ units with it, \d+ % of \d+ without$/m);
  expect(shown).toMatch(/^ +E harm [\d.e+]+, benefit [\d.e+-]+, futility [\d.e+-]+; 0 drift alarm\(s\)$/m);
  expect(shown).toMatch(/deprecated by learner: harmful in production/);
  expect(await run('status')).toMatch(/^Online +1 steady; all rules together: \d+ % of \d+ units with it/m);
});

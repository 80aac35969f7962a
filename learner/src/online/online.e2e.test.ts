import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createObservatory } from '@tracelore/collector';
import { encodeRows, openStore, type Store } from '@tracelore/collector/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { tracelore } from '../cli/child.testing.ts';
import { resolveConfig } from '../config.ts';
import { createLearner, type Learner } from '../learner.ts';
import { coinSalt, isHeldOut } from '../serving/coins.ts';
import { assignmentCoin } from '../stats/assignment-coin.ts';
import { bettingLogE } from '../stats/betting.ts';
import { createRandom } from '../stats/random.ts';
import { migrateLearner } from '../store/migrate.ts';
import { observeUnit, startWatch, type RuleWatch } from './rule-watch.ts';
import { stageShares, withheldShare } from './stage.ts';

const SEED = 'production';
const SECRET = 'a secret of the test';
const PROJECT = 'default';
const UNITS = 2_400;
const BATCH_UNITS = 150;
const RESTART_AT = 600;
const WAIT_MS = 5;
const WAITS_MAX = 6_000;
const HOLDOUT_GLOBAL = 0.05;
const SHARES = stageShares(0.1, true);
const BASE_SUCCESS = 0.55;
const TASK = 'What was the revenue of all orders in fiscal year 2024?';

/** What each rule really does to the chance of success, and what it says. */
const RULES = [
  { effect: 0.25, content: 'Divide revenue amounts by 100, they are stored in cents.' },
  { effect: -0.25, content: 'Multiply revenue amounts by 100, they are stored in units.' },
] as const;

const config = resolveConfig({ arguments: { port: 0, otlpPort: 0, holdoutGlobal: HOLDOUT_GLOBAL } });
const answerSchema = z.object({ arm: z.string(), items: z.array(z.object({ id: z.string() })) });
const shownSchema = z.object({
  rule: z.object({ id: z.string(), status: z.string(), reason: z.string() }),
  history: z.array(z.object({ type: z.string(), actor: z.string() })),
  watches: z.array(
    z.object({
      epoch: z.string(),
      current: z.boolean(),
      stage: z.string(),
      units: z.number(),
      withheldShare: z.number(),
      eHarm: z.number(),
      eBenefit: z.number(),
      lift: z.object({ estimate: z.number(), low: z.number(), high: z.number() }).nullable(),
    }),
  ),
});
type Shown = z.infer<typeof shownSchema>;

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
  await migrateLearner(store);
  const table = {
    name: 'learner_secrets',
    columns: { name: 'String', value: 'String', at: "DateTime64(3, 'UTC')" },
  };
  const secret = { name: 'serving', value: SECRET, at: new Date(0) };
  await store.driver.insert(encodeRows(table, [secret], 'secret'));
  await start();
});

afterAll(async () => {
  await learner.shutdown();
  await store.close();
  await rm(directory, { recursive: true });
});

async function post<T>(route: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
  const response = await fetch(`${url}${route}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
  return schema.parse(await response.json());
}

async function show(id: string): Promise<Shown> {
  const response = await fetch(`${url}/v1/knowledge/${id}`);
  return shownSchema.parse(await response.json());
}

async function until(isMet: () => Promise<boolean>): Promise<void> {
  for (let waits = 0; waits < WAITS_MAX; waits += 1) {
    if (await isMet()) return;
    await pause(WAIT_MS);
  }
  throw new Error('the condition was not met');
}

async function decisionsStored(): Promise<boolean> {
  const response = await fetch(`${url}/metrics`);
  const text = await response.text();
  return text.includes('\ntracelore_decisions_waiting 0\n');
}

/** What the service should do, told by the coins and the kernel alone. */
class Expected {
  readonly id: string;
  readonly effect: number;
  readonly epoch: string;
  watch: RuleWatch = startWatch();
  removedAt: number | undefined;

  constructor(id: string, effect: number, epoch: string) {
    this.id = id;
    this.effect = effect;
    this.epoch = epoch;
  }

  get withheld(): number {
    return withheldShare(this.watch.stage, this.watch.cautious, SHARES);
  }

  get propensity(): number {
    return 1 - this.withheld;
  }

  isInjected(unit: string): boolean {
    const salt = coinSalt(SECRET, PROJECT);
    return assignmentCoin({ salt, ruleId: this.id, epoch: this.epoch, unit }) < this.propensity;
  }
}

async function release({ effect, content }: (typeof RULES)[number]): Promise<Expected> {
  const text = { content, appliesWhen: 'a question asks for revenue of orders', actor: 'ann' };
  const changed = z.object({ rule: z.object({ id: z.string() }) });
  const { rule } = await post('/v1/knowledge', text, changed);
  await post(`/v1/knowledge/${rule.id}/approve`, { actor: 'ann' }, changed);
  const { watches } = await show(rule.id);
  return new Expected(rule.id, effect, watches[0]?.epoch ?? '');
}

test('the service decides what the kernel decides: over 2 400 requests the harmful rule goes, the good one stays', async () => {
  const rules = [await release(RULES[0]), await release(RULES[1])];
  const luck = createRandom(SEED);
  const salt = coinSalt(SECRET, PROJECT);
  for (let from = 0; from < UNITS; from += BATCH_UNITS) {
    if (from === RESTART_AT) {
      await learner.shutdown();
      await start();
    }
    const outcomes: { run: string; source: string; passed: boolean }[] = [];
    const before = rules.map(({ watch }) => watch);
    const seen = rules.map(() => new Array<Parameters<typeof observeUnit>[1]>());
    for (let at = from; at < from + BATCH_UNITS; at += 1) {
      const unit = `unit-${String(at).padStart(5, '0')}`;
      const served = rules.filter(({ watch }) => watch.stage !== 'deprecated');
      const isHeld = isHeldOut(salt, unit, { global: HOLDOUT_GLOBAL, rule: 0 });
      const given = isHeld ? [] : served.filter((rule) => rule.isInjected(unit));
      const answer = await post('/v1/knowledge/get', { task: TASK, unit, run: unit }, answerSchema);
      expect(answer.arm).toBe(isHeld ? 'holdout' : 'served');
      expect(answer.items.map(({ id }) => id).toSorted()).toEqual(given.map(({ id }) => id).toSorted());
      const chance = given.reduce((sum, { effect }) => sum + effect, BASE_SUCCESS);
      const passed = luck.next() < chance;
      outcomes.push({ run: unit, source: 'check', passed });
      if (isHeld) continue;
      for (const [index, rule] of rules.entries()) {
        if (!served.includes(rule)) continue;
        const { propensity } = rule;
        seen[index]?.push({ injected: given.includes(rule), propensity, outcome: Number(passed) });
      }
    }
    // Neither of these is a unit, whatever comes of them.
    await post('/v1/knowledge/get', { task: TASK, run: `eval-${from}`, override: 'active' }, answerSchema);
    outcomes.push({ run: `eval-${from}`, source: 'check', passed: false });
    await until(decisionsStored);
    await post('/v1/outcomes', outcomes, z.object({ recorded: z.literal(outcomes.length) }));
    for (const [index, rule] of rules.entries()) {
      rule.watch = (seen[index] ?? []).reduce(observeUnit, before[index] ?? startWatch());
      if (rule.watch.stage === 'deprecated') rule.removedAt ??= from;
      await until(async () => (await show(rule.id)).watches[0]?.units === rule.watch.units);
      if (rule.removedAt !== undefined) {
        await until(async () => (await show(rule.id)).rule.status === 'deprecated');
      }
      const { watches } = await show(rule.id);
      expect(watches[0]).toMatchObject({
        epoch: rule.epoch,
        stage: rule.watch.stage,
        withheldShare: rule.withheld,
        eHarm: Math.exp(bettingLogE(rule.watch.harm)),
        eBenefit: Math.min(1e12, Math.exp(bettingLogE(rule.watch.benefit))),
      });
    }
  }
  const [good, harmful] = rules;
  expect(harmful?.watch.stage).toBe('deprecated');
  expect(harmful?.removedAt).toBeLessThan(UNITS / 2);
  expect(good?.watch.stage).toBe('steady');
  const removed = await show(harmful?.id ?? '');
  expect(removed.rule.reason).toMatch(
    /^harmful in production: harm E \d+\.\d after \d+ units; \d+ % of \d+ units/,
  );
  expect(removed.history.at(-1)).toEqual({ type: 'deprecated', actor: 'learner' });
  const kept = await show(good?.id ?? '');
  expect(kept.rule.status).toBe('active');
  expect(kept.watches[0]?.lift?.low).toBeGreaterThan(0);
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

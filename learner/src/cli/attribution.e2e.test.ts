import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getKnowledge, recordOutcome, trace } from '@tracelore/sdk';
import { start, type Telemetry } from '@tracelore/sdk/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { coinSalt, isHeldOut } from '../serving/coins.ts';
import { keepSecret } from '../serving/known-secret.testing.ts';
import { assignmentCoin } from '../stats/assignment-coin.ts';
import { startService, type Service } from './child.testing.ts';

const RUNS = 200;
/** The service's coins follow from its secret. */
const SECRET = 'a secret of the test';
const HOLDOUT_GLOBAL = 0.1;
/** Each topic has a rule of its own, so that runs of different topics are given different rules. */
const TOPICS = [
  'invoice totals',
  'warehouse stock',
  'customer birthdays',
  'shipping addresses',
  'tax rates',
  'employee holidays',
  'server uptime',
  'newsletter subscribers',
  'bicycle rentals',
  'library loans',
] as const;
const SALT = coinSalt(SECRET, 'default');
/** The machine may be busy: an answer that comes late is no wrong attribution, ms. */
const DEADLINE_MS = 60_000;

let directory: string;
let service: Service;
let telemetry: Telemetry;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'attribution-'));
  const data = path.join(directory, 'data');
  await keepSecret(data, SECRET);
  // Many coins fall the other way, so that equal tasks are given different rules too.
  service = await startService(directory, ['--data', data], {
    TRACELORE_HOLDOUT_GLOBAL: String(HOLDOUT_GLOBAL),
    TRACELORE_HOLDOUT_RULE: '0.3',
  });
  telemetry = start({
    apiUrl: service.api,
    otlpEndpoint: service.otlp,
    knowledgeDeadlineMs: DEADLINE_MS,
    spoolDirectory: path.join(directory, 'spool'),
  });
});

afterAll(async () => {
  await telemetry.shutdown();
  await service.end('SIGKILL');
  await rm(directory, { recursive: true });
});

const created = z.object({ rule: z.object({ id: z.string() }) });

/** Writes a rule down, approves it, and returns the form in which it stands on spans. */
async function activeRule(topic: string): Promise<string> {
  const post = async (where: string, body: object): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${service.api}${where}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    return await response.json();
  };
  const text = { content: `Read ${topic} from the table of ${topic}.`, appliesWhen: `asked about ${topic}` };
  const { rule } = created.parse(await post('/v1/knowledge', { actor: 'ann', ...text }));
  await post(`/v1/knowledge/${rule.id}/approve`, { actor: 'ann' });
  return `${rule.id}@1`;
}

const list = z.object({ runs: z.array(z.object({ runId: z.string() })) });
const shown = z.object({
  run: z.object({ knowledgeArm: z.string(), knowledgeItems: z.array(z.string()) }),
  spans: z.array(
    z.object({
      kind: z.string(),
      runId: z.string(),
      input: z.string(),
      knowledgeDecision: z.string(),
      knowledgeItems: z.array(z.string()),
    }),
  ),
  outcomes: z.array(z.object({ comment: z.string() })),
});
const decided = z.object({
  runId: z.string(),
  unit: z.string(),
  arm: z.string(),
  items: z.array(
    z.object({
      rule: z.string(),
      injected: z.boolean(),
      propensity: z.number(),
      coin: z.number(),
      epoch: z.string(),
    }),
  ),
});

async function get<T>(where: string, schema: z.ZodType<T>): Promise<T> {
  const response = await fetch(`${service.api}${where}`);
  return schema.parse(await response.json());
}

/** Short ids of the rules in a prompt: each stands in brackets in front of its line. */
function rulesIn(prompt: string): string[] {
  return [...prompt.matchAll(/\[([0-9a-f]{8})\]/g)].map((match) => match[1] ?? '').sort();
}

test(`${RUNS} runs at the same time: what is stored of each is what that run was given, by its own coins`, async () => {
  const ruleOf = new Map<string, string>();
  for (const topic of TOPICS) ruleOf.set(topic, await activeRule(topic));

  const model = trace('model', (prompt: string) => Promise.resolve(`read ${prompt.length} characters`), {
    kind: 'llm',
  });
  const agent = trace('answer', async (task: string) => {
    const prompt = `${await getKnowledge(task)}\n${task}`;
    await Promise.all([model(prompt), model(prompt)]);
    recordOutcome({ passed: true, source: 'check', comment: task });
    return prompt;
  });
  const tasks = Array.from(
    { length: RUNS },
    (_, index) => `What do we know about ${topicOf(index)}? #${index}.`,
  );
  const prompts = new Map(await Promise.all(tasks.map(async (task) => [task, await agent(task)] as const)));
  expect(await telemetry.flush(DEADLINE_MS)).toMatchObject({ complete: true });

  const listed = async (): Promise<{ readonly runId: string }[]> =>
    (await get('/v1/traces?limit=500', list)).runs;
  await expect.poll(listed).toHaveLength(RUNS);
  const runs = await listed();
  const given: string[] = [];
  for (const { runId } of runs) {
    const { run, spans, outcomes } = await get(`/v1/traces/${runId}`, shown);
    const task = outcomes.map(({ comment }) => comment).join();
    const prompt = prompts.get(task) ?? '';
    const inPrompt = rulesIn(prompt);
    const models = spans.filter(({ kind }) => kind === 'llm');
    expect(models).toHaveLength(2);
    for (const span of models) {
      expect(span.runId).toBe(runId);
      expect(span.input).toContain(task);
      expect(span.knowledgeItems.map((item) => item.slice(0, 8)).sort()).toEqual(inPrompt);
      expect(span.knowledgeItems.toSorted()).toEqual(run.knowledgeItems.toSorted());
    }
    const decision = await get(`/v1/decisions/${models[0]?.knowledgeDecision}`, decided);
    expect(decision).toMatchObject({ runId, unit: runId, arm: run.knowledgeArm });
    const injected = decision.items.filter((item) => item.injected).map(({ rule }) => rule);
    expect(run.knowledgeItems.toSorted()).toEqual(injected.toSorted());
    const isHeld = isHeldOut(SALT, runId, { global: HOLDOUT_GLOBAL, rule: 0 });
    expect(decision.arm).toBe(isHeld ? 'holdout' : 'served');
    for (const { rule, coin, propensity, epoch, injected: isIn } of decision.items) {
      const [ruleId = ''] = rule.split('@');
      expect(coin).toBe(assignmentCoin({ salt: SALT, ruleId, epoch, unit: runId }));
      expect(isIn).toBe(!isHeld && coin < propensity);
    }
    const topic = TOPICS.find((name) => task.includes(name)) ?? '';
    expect(decision.items.map(({ rule }) => rule)).toContain(ruleOf.get(topic));
    given.push(`${decision.arm}: ${injected.toSorted().join(' ')}`);
  }
  // Topics and coins made answers differ: equal ones everywhere would prove nothing.
  expect(new Set(given).size).toBeGreaterThan(TOPICS.length);
  expect(given).toContain('holdout: ');
  expect(given).toContain('served: ');
});

function topicOf(index: number): string {
  return TOPICS[index % TOPICS.length] ?? '';
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { currentRun, recordOutcome, registerRunner, trace, type Runner } from '@tracelore/sdk';
import { start, type Telemetry } from '@tracelore/sdk/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startScriptedServer, type ScriptedServer } from '../llm/scripted-server.testing.ts';
import { REPLAY_RESULTS } from '../replays/run-replay.ts';
import { startService, tracelore, type Ended, type Service } from './child.testing.ts';
import { createPricer } from './replayed-agent.testing.ts';

const FAILURE = 'expected 200 euros, got 20000';
const FAILED_SHOPS = [1, 2, 3, 4];

const FIXES = 'Divide revenue amounts by 100: they are stored in cents.';
const NOTHING = 'Shops are numbered from the harbour towards the station.';
const DIVERGES = 'Read the ledger instead of the cash book: it is closed every month.';

let directory: string;
let model: ScriptedServer;
let service: Service;
let telemetry: Telemetry;
let runner: Runner;
/** Real calls of the agent's tool. */
const calls: string[] = [];
const pricer = createPricer((place) => calls.push(place));

/** A run in earnest, judged as failed; its id. */
const failOnce = trace(
  'pricer',
  async (task: string): Promise<string> => {
    await pricer(task);
    recordOutcome({ passed: false, source: 'check', comment: FAILURE });
    return currentRun()?.id ?? '';
  },
  { kind: 'agent' },
);

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'replay-'));
  // Quotes the judgement of every run that it is shown.
  model = await startScriptedServer(({ body }) => {
    const roots = (body.messages[1]?.content ?? '').matchAll(/<run [^>]*>\n<span label="(S\d+)"/g);
    const evidence = [...roots].map(([, span = '']) => ({ span, field: 'outcome', quote: FAILURE }));
    const lessons = [FIXES, NOTHING, DIVERGES].map((content) => ({
      kind: 'skill',
      content,
      appliesWhen: 'a question asks for the revenue of a shop in euros',
      because: 'results are a hundred times too high',
      evidence,
    }));
    return { content: JSON.stringify({ lessons }) };
  });
  service = await startService(directory, [], {
    OPENAI_BASE_URL: model.baseUrl,
    TRACELORE_MODEL: 'scripted',
    // A run that is blamed has been given the rules.
    TRACELORE_HOLDOUT_GLOBAL: '0',
    TRACELORE_HOLDOUT_RULE: '0',
    TRACELORE_STAGES: 'false',
  });
  telemetry = start({ apiUrl: service.api, otlpEndpoint: service.otlp });
  for (const shop of FAILED_SHOPS) await failOnce(taskOf(shop));
  await telemetry.flush();
  runner = registerRunner(pricer);
});

afterAll(async () => {
  await runner.stop();
  await telemetry.shutdown();
  await service.end('SIGTERM');
  await model.close();
  await rm(directory, { recursive: true });
});

function taskOf(shop: number): string {
  return `What is the revenue of shop ${shop} in euros?`;
}

function run(...args: string[]): Promise<Ended> {
  return tracelore(args, directory, { TRACELORE_API_URL: service.api });
}

const learnedPass = z.object({
  cycleId: z.string(),
  rejected: z.array(z.object({ ruleId: z.string(), reason: z.string() })),
  notes: z.array(z.string()),
});
const shownCycle = z.object({
  reports: z.array(z.object({ ruleId: z.string(), status: z.string() })),
  replays: z.array(
    z.object({
      ruleId: z.string(),
      result: z.enum(REPLAY_RESULTS),
      reason: z.string(),
      answered: z.number(),
      traceId: z.string(),
    }),
  ),
});

test('failed runs are replayed without side effects; who fixes nothing is not tested, who leaves the recording is', async () => {
  const shops = [...FAILED_SHOPS, ...Array.from({ length: 26 }, (_, index) => index + 100)];
  const cases = shops.map((shop) => `${taskOf(shop)},200`);
  await writeFile(path.join(directory, 'cases.csv'), ['task,expected', ...cases].join('\n'));
  expect(await run('eval', 'import', 'cases.csv')).toMatchObject({ code: 0 });
  const before = calls.length;

  const learned = await run('learn', '--budget', '160', '--json');
  const pass = learnedPass.parse(JSON.parse(learned.stdout));
  expect(pass.notes).toEqual([
    expect.stringContaining('proves nothing: 3 fixed, 3 not fixed, 3 diverged, 0 not replayable'),
  ]);
  const shown = await run('verdict', 'show', pass.cycleId, '--json');
  const { reports, replays } = shownCycle.parse(JSON.parse(shown.stdout));
  const idOf = new Map((await listRules()).map(({ id, content }) => [content, id]));
  for (const [content, result, status] of [
    [FIXES, 'fixed', /^promoted$/],
    [NOTHING, 'not_fixed', /^rejected$/],
    // It is tested like any other.
    [DIVERGES, 'diverged', /^(?:futile|inconclusive|deferred)$/],
  ] as const) {
    const own = replays.filter(({ ruleId }) => ruleId === idOf.get(content));
    expect(own.map((replay) => replay.result)).toEqual([result, result, result]);
    expect(reports.find(({ ruleId }) => ruleId === idOf.get(content))?.status).toMatch(status);
  }
  expect(replays.filter(({ answered }) => answered === 1)).toHaveLength(6);
  expect(new Set(replays.map(({ traceId }) => traceId)).size).toBe(9);
  expect(replays.find(({ result }) => result === 'diverged')?.reason).toMatch(
    /^read_revenue was not called with \{"shop":\d,"book":"ledger"\}$/,
  );
  expect(pass.rejected.find(({ ruleId }) => ruleId === idOf.get(NOTHING))?.reason).toContain(
    'replay_fixed_nothing: 3 of the failed runs',
  );
  expect((await run('verdict', 'show', pass.cycleId)).stdout).toContain(
    'Replays of failed runs, a first filter and no evidence: 3 fixed',
  );

  // Trials really call the tool, once each; replays never do, so that there are no calls beyond the trials.
  const stored = await run('verdict', 'recompute', pass.cycleId, '--json');
  const { trials, equal } = z
    .object({ trials: z.number(), equal: z.boolean() })
    .parse(JSON.parse(stored.stdout));
  expect(equal).toBe(true);
  expect(calls.length - before).toBe(trials);
});

const blamed = z.object({
  replays: z.object({
    state: z.string(),
    toolsRan: z.string(),
    replays: z.array(z.object({ score: z.number().nullable(), reason: z.string() })),
  }),
});

test('a blamed run is done again with and without its rules, its tools answered as recorded', async () => {
  const when = 'a question asks for the revenue of a shop in euros';
  const added = await run('knowledge', 'add', '--when', when, '--content', 'Answer with digits.', '--json');
  const { rule } = z.object({ rule: z.object({ id: z.string() }) }).parse(JSON.parse(added.stdout));
  expect(await run('knowledge', 'approve', rule.id)).toMatchObject({ code: 0 });
  const runId = await failOnce(taskOf(9));
  await telemetry.flush();
  const before = calls.length;

  const answer = await run('traces', 'blame', runId, '--replay', '--expected', '200', '--json');
  const { replays } = blamed.parse(JSON.parse(answer.stdout));
  expect(replays).toMatchObject({ state: 'done', toolsRan: '' });
  expect(replays.replays.length).toBeGreaterThan(1);
  expect(replays.replays.filter(({ score }) => score === null)).toEqual([]);
  expect(calls).toHaveLength(before);
});

async function listRules(): Promise<readonly { readonly id: string; readonly content: string }[]> {
  const listed = await fetch(`${service.api}/v1/knowledge`);
  const rule = z.object({ id: z.string(), content: z.string() });
  return z.object({ items: z.array(rule) }).parse(await listed.json()).items;
}

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sendFailedRuns } from '../../learner/src/cli/failed-runs.testing.ts';
import { startScriptedServer, type ScriptedServer } from '../../learner/src/llm/scripted-server.testing.ts';
import { startControlledEngine, type ControlledEngine } from './engine.ts';
import type { Fault, Outcome } from './fault.ts';
import { learned, type Learned } from './learned.ts';
import { Ledger } from './ledger.ts';
import { startService, tracelore, type Ended, type Service } from './service.ts';

/** Tables that a learning pass writes: each insert into one of them is a step. */
const STEP =
  /^INSERT INTO \S*?\.?(knowledge_log|evidence_quotes|analyses|rule_support|trials|cycles|candidate_reports|learn_passes)\b/;
const AGENT = `${fileURLToPath(new URL('../../learner/src/cli/agent.testing.ts', import.meta.url))}#answer`;
const LEARN = ['learn', '--agent', AGENT, '--budget', '200', '--seed', 'one'];
const RULE = 'Divide revenue amounts by 100: they are stored in cents.';
const RUNS = 6;
const FAILURE = 'expected 200 euros, got 20000';
/** More than a pass has; a suite that never gets through one must end. */
const STEPS_MAX = 100;
const TRIES_MAX = 3;

/** An engine, a model and what a round needs to run one project after another on them. */
interface Setting {
  readonly directory: string;
  readonly engine: ControlledEngine;
  readonly model: ScriptedServer;
}

/** Killed before and after every single write of a learning pass; the next pass must end where one alone would have. */
const killedAtEveryStep: Fault = {
  name: 'learn-kill',
  what: 'kill -9 before and after every write of a learning pass, then another pass',
  run: (directory) =>
    inSetting(directory, async (setting) => {
      const violations: string[] = [];
      const seen = new Map<string, number>();
      let peakRss = 0;
      let rounds = 0;
      for (const when of ['before', 'after'] as const) {
        for (let step = 1; step <= STEPS_MAX; step += 1) {
          rounds += 1;
          const project = `${when}-${step}`;
          const killed = await killAt(setting, project, when, step);
          peakRss = Math.max(peakRss, killed.peakRss);
          if (killed.table === undefined) break;
          seen.set(killed.table, (seen.get(killed.table) ?? 0) + 1);
          violations.push(
            ...(await secondPass(setting, project)).map((text) => `${project} (${killed.table}): ${text}`),
          );
        }
      }
      const steps = [...seen].map(([table, count]) => `${table} ${count}`).join(', ');
      return {
        ...NOTHING_SENT,
        ledger: new Ledger(),
        peakRss,
        violations,
        note: `${rounds} rounds; killed at ${steps}`,
      };
    }),
};

/** Two services on one server, both told to learn at once, and one of them killed while it does. */
const twoWorkers: Fault = {
  name: 'learn-two',
  what: 'two services on one server learn at once; the one that does is killed, the other takes over',
  run: (directory) =>
    inSetting(directory, async (setting) => {
      const project = 'two';
      const env = environment(setting, project);
      const violations: string[] = [];
      const [one, other] = await Promise.all([
        startService(directory, { env }),
        startService(directory, { env }),
      ]);
      await prepare(one, directory);
      const ends = await Promise.all([one, other].map((service) => learn(service, directory)));
      const done = ends.filter(({ code }) => code === 0).length;
      if (done !== 1)
        violations.push(
          `${done} of two passes ended well: ${ends.map(({ stderr }) => stderr.trim()).join(' | ')}`,
        );
      const refused = ends.find(({ code }) => code !== 0)?.stderr ?? '';
      if (!refused.includes('learns and writes knowledge'))
        violations.push(`refused with: ${refused.trim()}`);
      const [worker, follower] = ends[0]?.code === 0 ? [one, other] : [other, one];
      violations.push(...problems(await learned(worker)));
      const peakRss = Math.max(one.peakRss(), other.peakRss());
      await worker.end('SIGKILL');
      // The follower serves what the worker wrote, and works itself as soon as it notices.
      let after: Ended | undefined;
      for (let tries = 0; tries < 60 && after?.code !== 0; tries += 1)
        after = await learn(follower, directory);
      if (after?.code !== 0) violations.push(`did not take over: ${after?.stderr.trim() ?? ''}`);
      violations.push(...problems(await learned(follower)));
      const { code, stderr } = await follower.end('SIGTERM');
      if (code !== 0) violations.push(`ended with ${String(code)}: ${stderr.slice(-300)}`);
      return {
        ...NOTHING_SENT,
        ledger: new Ledger(),
        peakRss,
        violations,
        note: 'one learned, one followed and took over',
      };
    }),
};

export const learningFaults: readonly Fault[] = [killedAtEveryStep, twoWorkers];

const NOTHING_SENT: Pick<Outcome, 'readings' | 'rawDuplicates'> = { readings: [], rawDuplicates: 0 };

async function inSetting<T>(directory: string, work: (setting: Setting) => Promise<T>): Promise<T> {
  const evidence = [{ span: 'S1', field: 'outcome', quote: FAILURE }];
  const lesson = {
    kind: 'skill',
    content: RULE,
    appliesWhen: 'a question asks for the revenue of a shop in euros',
    because: 'results are a hundred times too high',
    evidence,
  };
  const model = await startScriptedServer(() => ({ content: JSON.stringify({ lessons: [lesson] }) }));
  const engine = await startControlledEngine(path.join(directory, 'engine'));
  try {
    return await work({ directory, engine, model });
  } finally {
    await model.close();
    await engine.close();
  }
}

function environment({ engine, model }: Setting, project: string): Record<string, string> {
  return {
    TRACELORE_CLICKHOUSE_URL: engine.url,
    TRACELORE_PROJECT: project,
    OPENAI_BASE_URL: model.baseUrl,
    TRACELORE_MODEL: 'scripted',
  };
}

/** Runs a pass and kills the service at its nth step; without a table the pass had fewer steps. */
async function killAt(
  setting: Setting,
  project: string,
  when: 'before' | 'after',
  step: number,
): Promise<{ readonly table: string | undefined; readonly peakRss: number }> {
  const { directory, engine } = setting;
  const service = await startService(directory, { env: environment(setting, project) });
  await prepare(service, directory);
  let steps = 0;
  let table: string | undefined;
  engine.watch((sql, at) => {
    if (table !== undefined) return 'drop';
    const found = STEP.exec(sql)?.[1];
    if (found === undefined || at !== when) return undefined;
    steps += 1;
    if (steps < step) return undefined;
    table = found;
    process.kill(service.pid, 'SIGKILL');
    return 'drop';
  });
  const { code } = await learn(service, directory);
  engine.watch(undefined);
  const peakRss = service.peakRss();
  if (table === undefined) {
    await service.end('SIGTERM');
    if (code !== 0) throw new Error(`a pass that nobody killed ended with ${String(code)}`);
  } else await service.ended;
  return { table, peakRss };
}

async function secondPass(setting: Setting, project: string): Promise<string[]> {
  const { directory } = setting;
  const service = await startService(directory, { env: environment(setting, project) });
  let last: Ended | undefined;
  for (let tries = 0; tries < TRIES_MAX && last?.code !== 0; tries += 1)
    last = await learn(service, directory);
  const found = problems(await learned(service));
  const { code, stderr } = await service.end('SIGTERM');
  return [
    ...(last?.code === 0 ? [] : [`no pass ended well afterwards: ${last?.stderr.trim() ?? ''}`]),
    ...found,
    ...(code === 0 ? [] : [`ended with ${String(code)}: ${stderr.slice(-300)}`]),
  ];
}

async function prepare(service: Service, directory: string): Promise<void> {
  await sendFailedRuns(service, RUNS, FAILURE);
  const cases = Array.from({ length: 40 }, (_, index) => ({
    task: `What is the revenue of shop ${index + 100} in euros?`,
    expected: '200',
  }));
  const added = await fetch(`${service.api}/v1/evals/cases`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ cases }),
  });
  if (!added.ok) throw new Error(`adding cases in ${directory}: ${added.status} ${await added.text()}`);
}

function learn(service: Service, directory: string): Promise<Ended> {
  return tracelore(LEARN, directory, { TRACELORE_API_URL: service.api });
}

/** What one undisturbed pass leaves: the rule once, promoted once, every run analysed and none lost. */
function problems({ rules, runs, unanalysed, lastSuccess }: Learned): string[] {
  const [rule, ...others] = rules.filter(({ content }) => content === RULE);
  const count = (type: string): number => rule?.events.filter((event) => event === type).length ?? 0;
  return [
    ...(rule === undefined ? ['the rule was not learned'] : []),
    ...(others.length > 0 ? [`the rule was learned ${others.length + 1} times`] : []),
    ...(rule !== undefined && rule.status !== 'active' ? [`the rule is ${rule.status}`] : []),
    ...['proposed', 'validated', 'activated'].flatMap((type) =>
      count(type) === 1 ? [] : [`the rule was ${type} ${count(type)} times`],
    ),
    ...(runs === RUNS ? [] : [`${runs} of ${RUNS} runs are there`]),
    ...(unanalysed === 0 ? [] : [`${unanalysed} runs were not analysed`]),
    ...(lastSuccess ? [] : ['status tells of no success']),
  ];
}

import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { configure, getKnowledge, registerRunner } from '@tracelore/sdk';
import { startScriptedServer, type SeenRequest } from '../../learner/src/llm/scripted-server.testing.ts';
import { inDirectory, nextNumbers, startProgram, usageOf } from '../child-process.ts';
import { startService, type Service } from '../faults/service.ts';
import { printTable } from '../sample.ts';
import { addCases, sendRuns } from './failed-runs.ts';
import { fillKnowledge } from './fill-knowledge.ts';
import { numbers, sentence } from './words.ts';

const RULES = 10_000;
const RATE = 300;
const FAILED_RUNS = 10_000;
const PASSED_RUNS = 100;
const CASES = 200;
const RUNS_PER_PASS = 100;
const TRIALS_PER_PASS = 300;
const LOOK_MS = 500;
const MIB = 1_048_576;

/**
 * `get_knowledge` from a service that learns: 10 000 rules in force, 10 000 failed runs, passes one after the
 * other, a lesson in every answer of the model, trials on 200 cases.
 */
export async function runLearning(seconds: number): Promise<void> {
  const model = await startScriptedServer(({ body }) => ({ content: lessons(body.messages) }));
  try {
    await inDirectory(async (directory) => {
      await fillKnowledge(path.join(directory, 'data'), RULES);
      const turnsFile = path.join(directory, 'turns.txt');
      const service = await startService(directory, {
        env: {
          OPENAI_BASE_URL: model.baseUrl,
          TRACELORE_MODEL: 'scripted',
          TRACELORE_MODEL_CALLS_PER_DAY: '1000000',
          NODE_OPTIONS: `--import=${new URL('./turn-probe.ts', import.meta.url).href}`,
          BENCH_TURNS_FILE: turnsFile,
        },
      });
      try {
        await sendRuns(service, FAILED_RUNS, PASSED_RUNS);
        await addCases(service, CASES);
        const quiet = await ask(service, seconds, turnsFile, 'nothing', 0);
        console.log(`done: ${quiet.join('  ')}`);
        const passes = learnUntil(service);
        const learning = await ask(service, seconds, turnsFile, 'learning', RATE * seconds);
        console.log(`done: ${learning.join('  ')}\npasses: ${await passes.stop()}\n`);
        printTable(
          ['beside', '/s', 'p50', 'p99', 'max', 'longest turn', 'CPU %', 'RSS MiB'],
          [quiet, learning],
        );
      } finally {
        await service.end('SIGTERM');
      }
    });
  } finally {
    await model.close();
  }
  console.log(
    `${RULES} rules, ${FAILED_RUNS} failed runs; ms counted from when each question was due; longest turn of the main thread in ms of processor time. Load ${loadavg()[0]?.toFixed(1) ?? ''}.`,
  );
}

async function ask(
  service: Service,
  seconds: number,
  turnsFile: string,
  beside: string,
  from: number,
): Promise<string[]> {
  const asker = startProgram(
    new URL('./asker.ts', import.meta.url),
    [service.api, RATE, seconds, from].map(String),
  );
  const beganAt = Date.now();
  const before = usageOf(service.pid);
  const got = await nextNumbers(asker, ['P50', 'P99', 'Max']);
  const after = usageOf(service.pid);
  const elapsedMs = Date.now() - beganAt;
  const longest = readFileSync(turnsFile, 'utf8')
    .split('\n')
    .map((line) => line.split(' ').map(Number))
    .flatMap(([at = 0, ms = 0]) => (at > beganAt ? [ms] : []));
  return [
    beside,
    String(RATE),
    ...[got.P50, got.P99, got.Max, Math.max(0, ...longest)].map((ms) => ms.toFixed(2)),
    (((after.cpuMs - before.cpuMs) / elapsedMs) * 100).toFixed(0),
    String(Math.round(after.peakRssBytes / MIB)),
  ];
}

/** Learns again and again, with a runner in this process, until it is stopped; then tells how far it came. */
function learnUntil(service: Service): { readonly stop: () => Promise<string> } {
  configure({ apiUrl: service.api });
  const runner = registerRunner(answer, { keepAlive: true });
  const stopping = new AbortController();
  const passes: string[] = [];
  const learning = (async () => {
    while (!stopping.signal.aborted) {
      const { id } = await call(service, '/v1/learn', {
        maxRuns: RUNS_PER_PASS,
        runsBudget: TRIALS_PER_PASS,
      });
      let pass = await call(service, `/v1/learn/${String(id)}`);
      for (; pass['state'] === 'running' && !stopping.signal.aborted; await delay(LOOK_MS))
        pass = await call(service, `/v1/learn/${String(id)}`);
      const { phase, runsAnalysed, candidates, validation } = pass;
      passes.push(JSON.stringify({ phase, runsAnalysed, candidates, validation }));
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await learning;
      await runner.stop();
      return passes.join('\n');
    },
  };
}

async function call(
  { api }: Service,
  where: string,
  body?: object,
): Promise<Readonly<Record<string, unknown>>> {
  const headers = { 'content-type': 'application/json' };
  const init = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await fetch(api + where, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${where}: ${response.status} ${text}`);
  const answered: unknown = JSON.parse(text);
  if (typeof answered !== 'object' || answered === null) throw new Error(`${where}: expected an object`);
  return { ...answered };
}

/** Asks for knowledge as agents do; what it answers is the same with any rule, so that a race goes its full length. */
async function answer(task: string): Promise<string> {
  await getKnowledge(task);
  return task.length % 2 === 0 ? 'ok' : 'wrong';
}

/** A new rule for each sample, resting on the first judgement that it holds. */
function lessons(messages: SeenRequest['body']['messages']): string {
  const prompt = messages[1]?.content ?? '';
  const quote = /<outcome source="check">(.*)<\/outcome>/.exec(prompt)?.[1] ?? '';
  const next = numbers(quote);
  const lesson = {
    kind: 'skill',
    content: `${sentence(next, 18)}.`,
    appliesWhen: sentence(next, 8),
    because: 'the check says so',
    evidence: [{ span: 'S1', field: 'outcome', quote }],
  };
  return JSON.stringify({ lessons: quote === '' ? [] : [lesson] });
}

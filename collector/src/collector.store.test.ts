import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCollector, type Collector } from './collector.ts';
import type { Batch, OutcomeRecord } from './records.ts';
import type { Store } from './store/store.ts';
import { openTemporaryStore, type TemporaryStore } from './store/testing/temporary-store.ts';
import { post, type Answer } from './testing/post.ts';

let temporary: TemporaryStore;
let store: Store;
let collector: Collector;
beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  collector = createCollector({ store, port: 0, commitIntervalMs: 0 });
  await collector.start();
});
afterAll(async () => {
  await collector.shutdown();
  await temporary.remove();
});

const FIXTURES = new URL('./testing/fixtures/', import.meta.url);
/** Recordings and bad inputs of the development data set; absent from a checkout of the product alone. */
const DATA = new URL('../../../shared/data/', import.meta.url);

function fixture(name: string): Buffer {
  return readFileSync(new URL(name, FIXTURES));
}

/** Sends a body into a project of its own. */
function send(
  project: string,
  body: Uint8Array,
  type: string,
  encoding = '',
  path = '/v1/traces',
): Promise<Answer> {
  return post(collector.address.url, body, {
    path,
    type,
    headers: {
      'x-tracelore-project': project,
      ...(encoding === '' ? {} : { 'content-encoding': encoding }),
    },
  });
}

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';

/** Every column of a project's spans, but for the project and the time of receipt. */
function storedSpans(project: string): Promise<Record<string, unknown>[]> {
  return store.driver.query(
    `SELECT * EXCEPT (project, received_at) FROM ${store.database}.spans WHERE project = {project: String} ORDER BY span_id`,
    { parameters: { project } },
  );
}

async function countSpans(project: string): Promise<number> {
  const rows = await store.driver.query<{ n: string }>(
    `SELECT count() AS n FROM ${store.database}.spans WHERE project = {project: String}`,
    { parameters: { project } },
  );
  return Number(rows[0]?.n);
}

test('protobuf, gzip and JSON of one export give identical rows', async () => {
  await send('pb', fixture('anthropic-traces.pb'), PROTOBUF);
  await post(collector.address.url, fixture('anthropic-traces.pb'), {
    gzip: true,
    headers: { 'x-tracelore-project': 'gz' },
  });
  await send('json', fixture('anthropic-traces.json'), JSON_TYPE);
  const spans = await storedSpans('pb');
  expect(spans).toHaveLength(7);
  expect(await storedSpans('gz')).toStrictEqual(spans);
  expect(await storedSpans('json')).toStrictEqual(spans);
});

test('the same request again adds nothing, also in another process', async () => {
  for (let times = 0; times < 3; times += 1) await send('again', fixture('anthropic-traces.pb'), PROTOBUF);
  expect(await countSpans('again')).toBe(7);
  // A collector without memory of it: the engine knows the token.
  const other = createCollector({ store, port: 0, commitIntervalMs: 0 });
  await other.start();
  await post(other.address.url, fixture('anthropic-traces.pb'), {
    headers: { 'x-tracelore-project': 'again' },
  });
  await other.shutdown();
  expect(await countSpans('again')).toBe(7);
});

test('log records are stored with their event names and bodies', async () => {
  await send('logs', fixture('openai-logs.pb'), PROTOBUF, '', '/v1/logs');
  const rows = await store.driver.query<{ event_name: string; body: string; span_id: string }>(
    `SELECT event_name, body, span_id FROM ${store.database}.logs WHERE project = 'logs' ORDER BY time`,
  );
  expect(rows).toHaveLength(13);
  expect(rows.every((row) => row.span_id.length === 16)).toBe(true);
  expect(rows.map((row) => row.event_name)).toContain('gen_ai.choice');
});

/** A batch with one outcome about a run. */
function judgement(project: string, runId: string): Batch {
  const outcome: OutcomeRecord = {
    project,
    outcomeId: `judgement of ${runId}`,
    runId,
    traceId: '',
    spanId: '',
    name: 'accuracy',
    source: 'human',
    score: null,
    passed: true,
    comment: 'looks right',
    timeUnixNano: 1_790_000_000_000_000_000n,
    receivedAtMs: 1_790_000_000_000,
  };
  return { spans: [], logs: [], outcomes: [outcome] };
}

test('outcomes recorded in the same process reach their run', async () => {
  await send('recorded', fixture('anthropic-traces.pb'), PROTOBUF);
  await collector.settleRuns();
  const [run] = await store.listRuns({ project: 'recorded' });
  const batch = judgement('recorded', run?.runId ?? '');
  await collector.record(batch, 'one key');
  await collector.record(batch, 'one key');
  await collector.settleRuns();
  expect(await store.listRuns({ project: 'recorded', outcome: 'passed' })).toMatchObject([
    { runId: run?.runId, outcome: { source: 'human', comment: 'looks right' } },
  ]);
});

test('runs that a crash left behind are recomputed at the next start', async () => {
  await store.write(judgement('left', 'nobody'), 'an outcome without a run');
  const crashed = createCollector({ store, port: 0, commitIntervalMs: 0, runQuietMs: 3_600_000 });
  await crashed.start();
  await post(crashed.address.url, fixture('anthropic-traces.pb'), {
    headers: { 'x-tracelore-project': 'left' },
  });
  expect(await store.listRuns({ project: 'left' })).toStrictEqual([]);
  const next = createCollector({ store, port: 0 });
  await next.start();
  // The start does not wait for the catching up; what settles afterwards does.
  await next.settleRuns();
  expect(await store.listRuns({ project: 'left' })).toHaveLength(1);
  await Promise.all([crashed.shutdown(), next.shutdown()]);
});

test('an outcome on a closed run changes its resolved outcome', async () => {
  const runId = 'c'.repeat(32);
  const span = (name: string, spanId: string, extra: object): object => ({
    resourceSpans: [
      {
        scopeSpans: [
          {
            scope: { name: '@tracelore/sdk' },
            spans: [
              {
                traceId: spanId.repeat(2),
                spanId,
                name,
                startTimeUnixNano: '1790000000000000000',
                endTimeUnixNano: '1790000001000000000',
                ...extra,
              },
            ],
          },
        ],
      },
    ],
  });
  const attribute = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
  const headers = { 'x-tracelore-project': 'outcome' };
  await post(
    collector.address.url,
    span('answer', '00000000000000a1', { attributes: [attribute('tracelore.run.id', runId)] }),
    { headers },
  );
  await collector.settleRuns();
  const judged = span('evaluate accuracy', '00000000000000a2', {
    attributes: [
      attribute('gen_ai.operation.name', 'evaluate'),
      attribute('tracelore.run.id', runId),
      attribute('tracelore.outcome.id', 'o1'),
      attribute('tracelore.outcome.source', 'check'),
      attribute('gen_ai.evaluation.score.label', 'fail'),
      attribute('gen_ai.evaluation.explanation', 'expected 3 rows'),
    ],
  });
  await post(collector.address.url, judged, { headers });
  await collector.settleRuns();
  expect(await store.findRun('outcome', runId)).toMatchObject({
    name: 'answer',
    outcome: { source: 'check', passed: false, comment: 'expected 3 rows' },
  });
});

interface ModelCall {
  readonly happened: { readonly operation: string };
  readonly spanIds: readonly string[];
  readonly recorded?: Readonly<Record<string, unknown>>;
}

interface Expected {
  readonly counts: { readonly spans: number; readonly spanEvents?: number };
  readonly modelCalls: readonly ModelCall[];
  readonly errorSpans: readonly string[];
  readonly toolRuns: readonly { readonly spanId: string; readonly name: string }[];
  readonly recordedInputTokensOfModelCalls: number;
  readonly recordedOutputTokensOfModelCalls: number;
}

const COLUMNS: Readonly<Record<string, string>> = {
  'gen_ai.request.model': 'request_model',
  'gen_ai.response.model': 'response_model',
  'gen_ai.usage.input_tokens': 'input_tokens',
  'gen_ai.usage.output_tokens': 'output_tokens',
  'gen_ai.usage.cache_read.input_tokens': 'cache_read_tokens',
  'gen_ai.usage.cache_creation.input_tokens': 'cache_write_tokens',
  'gen_ai.usage.reasoning.output_tokens': 'reasoning_tokens',
  'gen_ai.response.finish_reasons': 'finish_reasons',
};

const WIRE = new URL('wire/', DATA);
const scenarios = existsSync(WIRE) ? readdirSync(WIRE).filter((name) => !name.includes('.')) : [];

describe.skipIf(scenarios.length === 0)('recorded exports', () => {
  test.each(scenarios)(
    '%s: every encoding gives the same rows, and the calls that were recorded',
    async (scenario) => {
      const folder = new URL(`${scenario}/`, WIRE);
      const expected = JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8')) as Expected;
      const projects: string[] = [];
      for (const file of readdirSync(folder).filter((name) => name.includes('-traces.'))) {
        const project = `wire.${scenario}.${file}`;
        const body = readFileSync(new URL(file, folder));
        const type = file.endsWith('.json') ? JSON_TYPE : PROTOBUF;
        const answer = await send(project, body, type, file.endsWith('.gz') ? 'gzip' : '');
        expect(answer.status).toBe(200);
        projects.push(project);
      }
      const rows = await storedSpans(projects[0] ?? '');
      for (const project of projects.slice(1)) expect(await storedSpans(project)).toStrictEqual(rows);
      expect(rows).toHaveLength(expected.counts.spans);
      expect(rows.filter((row) => row['status'] === 'Error').map((row) => row['span_id'])).toStrictEqual(
        [...expected.errorSpans].sort(),
      );
      const bySpan = new Map(rows.map((row) => [row['span_id'], row]));
      for (const { spanIds, recorded } of expected.modelCalls) {
        const row = bySpan.get(spanIds[0] ?? '');
        const wanted = Object.entries(row === undefined ? {} : (recorded ?? {})).flatMap(([name, value]) =>
          COLUMNS[name] === undefined ? [] : [[COLUMNS[name], value]],
        );
        expect(row ?? {}).toMatchObject(Object.fromEntries(wanted));
      }
      for (const { spanId, name } of expected.toolRuns)
        expect(bySpan.get(spanId)).toMatchObject({ kind: 'tool', tool: name });
      // Each call once, as its most specific span tells it; sums over all spans would count most calls twice.
      const total = (column: string): number =>
        expected.modelCalls.reduce(
          (sum, { spanIds }) => sum + Number(bySpan.get(spanIds[0] ?? '')?.[column] ?? 0),
          0,
        );
      expect([total('input_tokens'), total('output_tokens')]).toStrictEqual([
        expected.recordedInputTokensOfModelCalls,
        expected.recordedOutputTokensOfModelCalls,
      ]);
      await collector.settleRuns();
      const calls = expected.modelCalls.filter(
        ({ happened, spanIds }) => spanIds.length > 0 && !happened.operation.startsWith('embedding'),
      ).length;
      for (const project of projects) {
        const runs = await store.listRuns({ project, limit: 100 });
        const overRuns = (count: 'inputTokens' | 'outputTokens' | 'modelCalls'): number =>
          runs.reduce((sum, run) => sum + (run[count] ?? 0), 0);
        expect([overRuns('inputTokens'), overRuns('outputTokens'), overRuns('modelCalls')]).toStrictEqual([
          expected.recordedInputTokensOfModelCalls,
          expected.recordedOutputTokensOfModelCalls,
          calls,
        ]);
        // Every model here is a listed one: what has no cost has no usage.
        expect(
          runs.filter(({ cost, inputTokens }) => (cost === null) !== (inputTokens === null)),
        ).toStrictEqual([]);
      }
    },
  );
});

interface HostileCase {
  readonly id: string;
  readonly file: string;
  readonly stored?: 'gzip';
  readonly headers: Readonly<Record<string, string>>;
  readonly accept: readonly [
    { readonly status: number; readonly stored?: number; readonly rejected?: number },
  ];
}

const HOSTILE = new URL('hostile/', DATA);
const hostile: HostileCase[] = existsSync(HOSTILE)
  ? (JSON.parse(readFileSync(new URL('manifest.json', HOSTILE), 'utf8')) as HostileCase[])
  : [];

describe.skipIf(hostile.length === 0)('hostile bodies', () => {
  test.each(hostile)('$id', async ({ id, file, stored, headers, accept }) => {
    const raw = readFileSync(new URL(file, HOSTILE));
    const body = stored === 'gzip' ? gunzipSync(raw) : raw;
    const project = `hostile.${id}`;
    const answer = await post(collector.address.url, body, {
      headers: { 'x-tracelore-project': project, ...headers },
      type: headers['content-type'] ?? '',
    });
    const [preferred] = accept;
    expect({ status: answer.status, stored: await countSpans(project) }).toStrictEqual({
      status: preferred.status,
      stored: preferred.stored ?? 0,
    });
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('polluted');
    const control = await send(
      `${project}.control`,
      readFileSync(new URL('ok-control.json', HOSTILE)),
      JSON_TYPE,
    );
    expect(control.status).toBe(200);
  });
});

import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LOG_DIALECT } from '../normalize/agent-events.ts';
import type { SpanRecord } from '../records.ts';
import type { EncodedRows, SqlDriver } from './driver.ts';
import { erase } from './erasure.ts';
import { prepareBatches } from './prepare-batches.ts';
import { RecentRuns } from './recent-runs.ts';
import { runWriter } from './run-writer.ts';
import type { Store } from './store.ts';
import {
  SAMPLE_START_MS,
  SAMPLE_START_NS,
  sampleModelCall,
  sampleOutcome,
  sampleSpan,
} from './testing/sample-records.ts';
import { openTemporaryStore, type TemporaryStore } from './testing/temporary-store.ts';
import { writePrepared } from './write-batch.ts';

const NOW = SAMPLE_START_MS + 60_000;
const HOUR_NS = 3_600_000_000_000n;

let temporary: TemporaryStore;
let store: Store;
beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
});
afterAll(() => temporary.remove());

let tokens = 0;

/** A process of its own on the same store: what it wrote is in its memory. */
class Writer {
  readonly recent = new RecentRuns();
  /** Runs that it had to read back. */
  readBack: string[] = [];
  inserted: EncodedRows | undefined;
  readonly #driver: SqlDriver;

  constructor(keepsRows = true) {
    this.#driver = {
      ...store.driver,
      stream: <Row>(...asked: Parameters<SqlDriver['stream']>) => {
        this.readBack.push(...[asked[1]?.parameters?.['runs']].flat().map(String));
        return store.driver.stream<Row>(...asked);
      },
      insert: async (rows) => {
        this.inserted = rows;
        if (keepsRows) await store.driver.insert(rows);
      },
    };
  }

  async write(spans: readonly SpanRecord[], token = `token ${tokens++}`): Promise<void> {
    const batch = { spans, logs: [], outcomes: [] };
    await writePrepared(store.driver, [prepareBatches([batch])], token, this.recent);
  }

  /** Resolves with the runs that were read back for it. */
  async refresh(project: string, runs: readonly string[], now = NOW): Promise<string[]> {
    this.readBack = [];
    const writer = runWriter({ driver: this.#driver, database: store.database, recent: this.recent });
    await writer.refresh(
      runs.map((runId) => ({ project, runId })),
      now,
    );
    return this.readBack;
  }
}

const text = fc.constantFrom('', 'a', 'Grüße 👋', 'x'.repeat(200));
const id = fc.constantFrom('1', '2', '3', '4', '5', '6').map((digit) => digit.repeat(16));
const tokensOf = fc.option(fc.constantFrom(0, 5, 10, 0xffff_ffff));

/** Spans of few ids, times and texts, so that duplicates, wrappers and calls told twice are frequent. */
const span = fc.record({
  runId: fc.constantFrom('r', 's', 't').map((letter) => letter.repeat(32)),
  traceId: fc.constantFrom('e', 'f').map((letter) => letter.repeat(32)),
  spanId: id,
  parentSpanId: fc.option(id, { nil: '' }),
  trialId: text,
  name: text,
  kind: fc.constantFrom('agent', 'workflow', 'llm', 'tool', 'embedding', 'evaluator', 'other'),
  service: text,
  environment: text,
  scopeName: fc.constantFrom('one', 'two'),
  startUnixNano: fc.integer({ min: 0, max: 5 }).map((second) => SAMPLE_START_NS + BigInt(second) * 10n ** 9n),
  durationNano: fc.constantFrom(0n, 500_000_000n, 2_000_000_000n),
  status: fc.constantFrom('Unset', 'Ok', 'Error'),
  errorType: text,
  operation: fc.constantFrom('chat', 'fetch_response', ''),
  requestModel: fc.constantFrom('', 'm'),
  responseModel: fc.constantFrom('', 'm', 'n'),
  responseId: fc.constantFrom('', 'r1'),
  finishReasons: fc.array(text, { maxLength: 2 }),
  agent: text,
  conversationId: text,
  sessionId: text,
  userId: text,
  tags: fc.array(text, { maxLength: 2 }),
  inputTokens: tokensOf,
  outputTokens: tokensOf,
  cacheReadTokens: tokensOf,
  timeToFirstChunk: fc.option(fc.constant(0.5)),
  costNanoUsd: fc.option(fc.constantFrom(0, 1, 1_000_000_001, 999_999_999_999)),
  costSource: fc.constantFrom('', 'reported', 'list'),
  knowledgeSnapshot: fc.option(fc.constantFrom(0, 42)),
  knowledgeArm: text,
  knowledgeItems: fc.array(fc.constantFrom('b@1', 'a@2'), { maxLength: 2 }),
  fingerprint: text,
  flags: fc.constantFrom(0, 0x300),
  dialect: fc.constantFrom('gen_ai', LOG_DIALECT),
  warnings: fc.array(text, { maxLength: 2 }),
} satisfies { readonly [Field in keyof Partial<SpanRecord>]: fc.Arbitrary<SpanRecord[Field]> });

/** Batches as they came in; in one batch a span of one start is there once. */
const batches = fc.array(
  fc.uniqueArray(span, {
    minLength: 1,
    maxLength: 12,
    selector: ({ runId, traceId, spanId, startUnixNano }) => [runId, traceId, spanId, startUnixNano].join(),
  }),
  { minLength: 1, maxLength: 4 },
);

test('a row made from memory is the row made from the store, byte for byte', async () => {
  let cases = 0;
  await fc.assert(
    fc.asyncProperty(batches, async (received) => {
      const project = `case ${cases++}`;
      const [holding, reading] = [new Writer(false), new Writer(false)];
      const runs = new Set(received.flat().map(({ runId }) => runId));
      for (const [index, spans] of received.entries()) {
        const receivedAtMs = SAMPLE_START_MS + 1_000 * index;
        await holding.write(spans.map((fields) => sampleSpan({ ...fields, project, receivedAtMs })));
      }
      for (const run of runs) {
        expect(await holding.refresh(project, [run])).toEqual([]);
        expect(await reading.refresh(project, [run])).toEqual([run]);
        expect(holding.inserted).toEqual(reading.inserted);
      }
    }),
    { numRuns: 20 },
  );
});

const RUN = 'a'.repeat(32);
const root = (project: string, receivedAtMs = SAMPLE_START_MS): SpanRecord =>
  sampleSpan({ project, receivedAtMs });
const call = (project: string, receivedAtMs = SAMPLE_START_MS): SpanRecord =>
  sampleModelCall({ project, receivedAtMs, inputTokens: 3, outputTokens: 4 });

test('spans that another process stored are read back', async () => {
  const [ours, theirs] = [new Writer(), new Writer()];
  await ours.write([root('theirs')]);
  await theirs.write([call('theirs')]);
  expect(await ours.refresh('theirs', [RUN])).toEqual([RUN]);
  expect(await store.findRun('theirs', RUN)).toMatchObject({ spans: 2, inputTokens: 3 });
});

test('a request that an earlier process had stored is read back as it was', async () => {
  const [before, now] = [new Writer(), new Writer()];
  await before.write([root('restart', SAMPLE_START_MS)], 'the same request');
  await now.write([root('restart', SAMPLE_START_MS + 5_000)], 'the same request');
  expect(await now.refresh('restart', [RUN])).toEqual([RUN]);
});

test('an open run is kept in memory until it ends; then late spans are read back', async () => {
  const writer = new Writer();
  await writer.write([call('long')]);
  expect(await writer.refresh('long', [RUN])).toEqual([]);
  expect(await store.findRun('long', RUN)).toMatchObject({ state: 'open', spans: 1 });
  // The clock was set back meanwhile.
  await writer.write([root('long', SAMPLE_START_MS + 1)]);
  expect(await writer.refresh('long', [RUN], NOW - 30_000)).toEqual([]);
  expect(await store.findRun('long', RUN)).toMatchObject({ state: 'closed', spans: 2 });
  expect(writer.recent.bytes).toBe(0);
  await writer.write([{ ...call('long', SAMPLE_START_MS + 2), spanId: '3'.repeat(16) }]);
  expect(await writer.refresh('long', [RUN], NOW + 1)).toEqual([RUN]);
  expect(await store.findRun('long', RUN)).toMatchObject({ spans: 3, inputTokens: 6 });
});

test('a run whose spans begin in two hours withdraws its row of the later one', async () => {
  const [ours, theirs] = [new Writer(), new Writer()];
  await ours.write([call('hours')]);
  await theirs.refresh('hours', [RUN]);
  await ours.write([{ ...root('hours'), startUnixNano: SAMPLE_START_NS - HOUR_NS }]);
  expect(await ours.refresh('hours', [RUN], NOW + 1)).toEqual([]);
  expect(await store.listRuns({ project: 'hours' })).toMatchObject([{ spans: 2, state: 'closed' }]);
});

test('outcomes come from the store, and rows that others made of them are superseded whatever their clock', async () => {
  const [ours, theirs] = [new Writer(), new Writer()];
  await ours.write([call('judged'), root('judged')]);
  await store.write({ spans: [], logs: [], outcomes: [sampleOutcome({ project: 'judged' })] }, 'outcome');
  await theirs.refresh('judged', [RUN], NOW + 100_000);
  await ours.write([{ ...call('judged', SAMPLE_START_MS + 9), spanId: '3'.repeat(16) }]);
  expect(await ours.refresh('judged', [RUN])).toEqual([]);
  expect(await store.findRun('judged', RUN)).toMatchObject({ spans: 3, outcome: { source: 'check' } });
});

test('what was erased does not come back from memory', async () => {
  const writer = new Writer();
  const gone = { ...call('erased'), traceId: 'b'.repeat(32) };
  await writer.write([root('erased'), gone]);
  await erase(store, 'erased', { kind: 'trace', id: gone.traceId }, NOW);
  // As many rows as memory holds.
  await new Writer().write([{ ...call('erased'), spanId: '3'.repeat(16) }]);
  expect(await writer.refresh('erased', [RUN], NOW + 1)).toEqual([RUN]);
  expect(await store.findRun('erased', RUN)).toMatchObject({ spans: 2, inputTokens: 3 });
});

test('a run of many thousand calls is summed over all of them, wherever they are read from', async () => {
  const calls = Array.from({ length: 12_000 }, (_, index) => ({
    ...call('large'),
    spanId: String(index).padStart(16, '0'),
    startUnixNano: SAMPLE_START_NS + BigInt(index) * 100_000_000n,
    durationNano: 90_000_000n,
  }));
  const [holding, reading] = [new Writer(false), new Writer()];
  await holding.write([root('large'), ...calls]);
  await holding.refresh('large', [RUN]);
  expect(await reading.refresh('large', [RUN])).toEqual([RUN]);
  expect(holding.inserted).toEqual(reading.inserted);
  expect(await store.findRun('large', RUN)).toMatchObject({
    spans: 12_001,
    modelCalls: 12_000,
    inputTokens: 36_000,
    outputTokens: 48_000,
  });
});

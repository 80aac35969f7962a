import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LogRecord, SpanRecord } from '../records.ts';
import { erase } from './erasure.ts';
import { encodeRows } from './encode-rows.ts';
import type { Store } from './store.ts';
import { ABANDONED_AFTER_MS } from './summarise-run.ts';
import { ANALYSES } from './tables.ts';
import {
  SAMPLE_START_MS,
  SAMPLE_START_NS,
  sampleLog,
  sampleModelCall,
  sampleOutcome,
  sampleSpan,
} from './testing/sample-records.ts';
import { openTemporaryStore, type TemporaryStore } from './testing/temporary-store.ts';

const NOW = SAMPLE_START_MS + 20_000;
const SECOND_NS = 1_000_000_000n;

let temporary: TemporaryStore;
let store: Store;
beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
});
afterAll(async () => await temporary.remove());

let tokens = 0;
async function write(
  project: string,
  spans: readonly SpanRecord[],
  outcomes: readonly Parameters<typeof sampleOutcome>[0][] = [],
): Promise<void> {
  await store.write(
    {
      spans: spans.map((span) => ({ ...span, project })),
      logs: [],
      outcomes: outcomes.map((outcome) => sampleOutcome({ ...outcome, project })),
    },
    `t${tokens++}`,
  );
}

function id(letter: string): string {
  return letter.repeat(32);
}

/** A run of two spans: an agent and a model call in it. */
function run(letter: string, fields: Partial<SpanRecord> = {}): SpanRecord[] {
  const ids = { runId: id(letter), traceId: id(letter) };
  return [
    sampleSpan({ ...ids, ...fields }),
    sampleModelCall({
      ...ids,
      ...fields,
      inputTokens: 10,
      outputTokens: 5,
      costNanoUsd: 25,
      costSource: 'list',
    }),
  ];
}

test('a written span reads back with every field', async () => {
  const span = sampleSpan({
    name: 'Grüße 👋\n\nDROP TABLE spans',
    status: 'Error',
    statusMessage: 'no',
    errorType: 'timeout',
    inputTokens: 7,
    outputTokens: null,
    cacheReadTokens: 3,
    costNanoUsd: 1_000_000_001,
    costSource: 'reported',
    knowledgeDecision: 'd1',
    knowledgeSnapshot: 42,
    knowledgeArm: 'served',
    knowledgeItems: ['r1@1'],
    attributes: new Map([['k', 'v\t"\'\\']]),
    events: [{ timeUnixNano: SAMPLE_START_NS + 5n, name: 'exception', attributes: new Map([['type', 'E']]) }],
    startUnixNano: SAMPLE_START_NS + 123_456_789n,
    durationNano: 1_234_567n,
  });
  await write('fields', [span]);
  const [view, ...others] = await store.readRun('fields', span.runId);
  expect(others).toEqual([]);
  expect(view).toEqual({
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: '',
    runId: span.runId,
    name: span.name,
    kind: 'agent',
    operation: 'invoke_agent',
    startTime: '2026-11-02T12:00:00.123456789Z',
    durationMs: 1.234567,
    status: 'Error',
    statusMessage: 'no',
    errorType: 'timeout',
    provider: '',
    requestModel: '',
    responseModel: '',
    agent: 'helper',
    tool: '',
    inputTokens: 7,
    outputTokens: null,
    cacheReadTokens: 3,
    cacheWriteTokens: null,
    reasoningTokens: null,
    cost: 1.000000001,
    costSource: 'reported',
    input: 'a question',
    output: 'an answer',
    systemInstructions: '',
    knowledgeDecision: 'd1',
    knowledgeSnapshot: 42,
    knowledgeArm: 'served',
    knowledgeItems: ['r1@1'],
    attributes: { k: 'v\t"\'\\' },
    events: [{ name: 'exception', time: '2026-11-02T12:00:00.000000005Z', attributes: { type: 'E' } }],
  });
});

test('a batch written twice with its token is stored once, in every table and view', async () => {
  const batch = {
    spans: run('b').map((span) => ({ ...span, project: 'twice' })),
    logs: [sampleLog({ project: 'twice' })],
    outcomes: [sampleOutcome({ project: 'twice', runId: id('b') })],
  };
  await store.write(batch, 'same');
  await store.write(batch, 'same');
  const counts = await store.driver.query<Record<string, string>>(
    `SELECT
       (SELECT count() FROM tracelore.spans WHERE project = 'twice') AS spans,
       (SELECT count() FROM tracelore.logs WHERE project = 'twice') AS logs,
       (SELECT count() FROM tracelore.outcomes WHERE project = 'twice') AS outcomes,
       (SELECT sum(spans) FROM tracelore.id_times WHERE project = 'twice') AS timed`,
  );
  expect(counts).toEqual([{ spans: '2', logs: '1', outcomes: '1', timed: '2' }]);
});

test('a batch over more days than one insert may touch is stored whole, and once', async () => {
  const day = 86_400n * SECOND_NS;
  const spans = Array.from({ length: 150 }, (_, index) =>
    sampleSpan({
      project: 'days',
      spanId: String(index).padStart(16, '0'),
      startUnixNano: SAMPLE_START_NS - BigInt(index % 140) * day,
    }),
  );
  await store.write({ spans, logs: [], outcomes: [] }, 'days');
  await store.write({ spans, logs: [], outcomes: [] }, 'days');
  const rows = await store.driver.query(`SELECT count() AS n FROM tracelore.spans WHERE project = 'days'`);
  expect(rows).toEqual([{ n: '150' }]);
});

test('an export repeated in another batch is one span when read', async () => {
  await write('resent', run('c'));
  await write('resent', run('c'));
  await store.refresh([{ project: 'resent', runId: id('c') }], NOW);
  expect(await store.readRun('resent', id('c'))).toHaveLength(2);
  expect(await store.findRun('resent', id('c'))).toMatchObject({
    spans: 2,
    inputTokens: 10,
    outputTokens: 5,
    cost: 0.000000025,
    modelCosts: { m: 0.000000025 },
    unpricedCalls: 0,
  });
});

test('an attribute that is a whole content column is stored there alone, and read as it was sent', async () => {
  const [question, answer, rules, tools] = ['why? ü', 'because', 'be brief', '[]'].map((text) =>
    text.repeat(30),
  );
  const sent = { 'gen_ai.input.messages': question, out: answer, sys: rules, tools, again: question, k: 'v' };
  const span = sampleSpan({
    input: question ?? '',
    output: answer ?? '',
    systemInstructions: rules ?? '',
    toolDefinitions: tools ?? '',
    attributes: new Map(Object.keys(sent).map((name) => [name, name === 'k' ? 'v' : ''])),
    attributeTypes: new Map([
      ['gen_ai.input.messages', '=input'],
      ['out', '=output'],
      ['sys', '=system_instructions'],
      ['tools', '=tool_definitions'],
      ['again', '=input'],
    ]),
  });
  await write('content', [span]);
  const [read] = await store.readRun('content', id('a'));
  expect(read?.attributes).toStrictEqual(sent);
  const [row] = await store.driver.query<{ attributes: unknown }>(
    `SELECT attributes FROM ${store.database}.spans WHERE project = 'content'`,
  );
  expect(row?.attributes).toStrictEqual(sent);
  const [traces] = await store.driver.query<{ SpanAttributes: unknown }>(
    `SELECT SpanAttributes FROM ${store.database}.otel_traces WHERE SpanAttributes['out'] = {answer: String}`,
    { parameters: { answer: answer ?? '' } },
  );
  expect(traces?.SpanAttributes).toStrictEqual(sent);
});

test('a page of a run holds a bounded amount of content; what is past it is marked as cut', async () => {
  const megabyte = 'x'.repeat(1024 * 1024);
  const spans = Array.from({ length: 70 }, (_, index) =>
    sampleSpan({
      spanId: String(index).padStart(16, '0'),
      startUnixNano: SAMPLE_START_NS + BigInt(index),
      input: megabyte,
      output: '',
      attributes: new Map([['k', 'v']]),
    }),
  );
  await write('large', spans);
  const read = await store.readRun('large', id('a'));
  expect(read.map((span) => span.spanId)).toEqual(spans.map((span) => span.spanId));
  const whole = read.filter((span) => span.input === megabyte && span.attributes['k'] === 'v');
  expect(whole).toHaveLength(63);
  expect(read[69]).toMatchObject({ input: '…[truncated]', output: '', attributes: {}, name: 'answer' });
  const [last] = await store.readRun('large', id('a'), { offset: 69 });
  expect(last?.input === megabyte).toBe(true);
});

test('a model call whose content came as log records reads with it', async () => {
  const ids = { project: 'logged', runId: id('9'), traceId: id('9') };
  const bare = { ...ids, input: '', output: '' };
  const log = (spanId: string, eventName: string, body: object, at: bigint): LogRecord =>
    sampleLog({ ...ids, spanId, eventName, body: JSON.stringify(body), timeUnixNano: SAMPLE_START_NS + at });
  const [old, current, half, spring] = ['2', '3', '4', '5'].map((digit) => digit.repeat(16));
  if (!old || !current || !half || !spring) throw new Error('four ids');
  const told = (scope: string, body: string): LogRecord =>
    sampleLog({
      ...ids,
      spanId: spring,
      eventName: '',
      scopeName: `org.springframework.ai.chat.observation.${scope}`,
      body,
    });
  await store.write(
    {
      spans: [
        sampleSpan({ ...ids, spanId: '1'.repeat(16) }),
        sampleModelCall({ ...bare, spanId: old }),
        sampleModelCall({ ...bare, spanId: current, startUnixNano: SAMPLE_START_NS + 9n * SECOND_NS }),
        sampleModelCall({
          ...bare,
          spanId: half,
          input: 'kept',
          startUnixNano: SAMPLE_START_NS + 10n * SECOND_NS,
        }),
        sampleModelCall({ ...bare, spanId: spring, startUnixNano: SAMPLE_START_NS + 11n * SECOND_NS }),
      ],
      logs: [
        log(old, 'gen_ai.choice', { message: { content: 'sunny' }, finish_reason: 'stop' }, 2n),
        log(old, 'gen_ai.user.message', { content: 'weather?' }, 1n),
        log(half, 'gen_ai.user.message', { content: 'not needed' }, 1n),
        log(half, 'gen_ai.choice', { message: { content: 'cloudy' } }, 2n),
        told('ChatModelPromptContentObservationHandler', 'Chat Model Prompt Content:\n["capital?"]'),
        told('ChatModelCompletionObservationHandler', 'Chat Model Completion:\nParis.'),
        log('1'.repeat(16), 'gen_ai.user.message', { content: 'not a model call' }, 1n),
        sampleLog({
          ...ids,
          spanId: current,
          eventName: 'gen_ai.client.inference.operation.details',
          body: '',
          attributes: new Map([
            ['gen_ai.input.messages', '[{"role":"user"}]'],
            ['gen_ai.system_instructions', 'be kind'],
          ]),
        }),
      ],
      outcomes: [],
    },
    'logged',
  );
  const [agent, first, second, third, fourth] = await store.readRun('logged', id('9'));
  expect(agent?.input).toBe('a question');
  expect(first?.input).toContain('weather?');
  expect(first?.output).toContain('sunny');
  expect(second).toMatchObject({ input: '[{"role":"user"}]', output: '', systemInstructions: 'be kind' });
  expect(third?.input).toBe('kept');
  expect(third?.output).toContain('cloudy');
  expect(fourth).toMatchObject({ input: '["capital?"]', output: 'Paris.' });
});

test('pages of a run are in order of start', async () => {
  const spans = Array.from({ length: 5 }, (_, index) =>
    sampleSpan({ spanId: `${index}`.repeat(16), startUnixNano: SAMPLE_START_NS - BigInt(index) * SECOND_NS }),
  );
  await write('pages', spans);
  const read = async (offset: number): Promise<string[]> =>
    (await store.readRun('pages', id('a'), { limit: 2, offset })).map((span) => span.spanId[0] ?? '');
  expect([await read(0), await read(2), await read(4), await read(6)]).toEqual([
    ['4', '3'],
    ['2', '1'],
    ['0'],
    [],
  ]);
});

test('refresh makes one row per run, and a late span or outcome makes a new revision of it', async () => {
  const [agent, call] = run('d');
  if (agent === undefined || call === undefined) throw new Error('two spans');
  const runs = [{ project: 'late', runId: id('d') }];
  await write('late', [call]);
  await store.refresh(runs, NOW);
  expect(await store.listRuns({ project: 'late' })).toMatchObject([
    { state: 'open', spans: 1, outcome: null },
  ]);
  await write('late', [agent]);
  await store.refresh(runs, NOW);
  expect(await store.listRuns({ project: 'late' })).toMatchObject([
    { state: 'closed', spans: 2, name: 'answer', durationMs: 1500, modelCalls: 1, models: ['m'] },
  ]);
  await write('late', [], [{ runId: id('d'), passed: false, comment: 'wrong' }]);
  await store.refresh(runs, NOW);
  expect(await store.listRuns({ project: 'late' })).toMatchObject([
    { spans: 2, outcome: { source: 'check', score: null, passed: false, comment: 'wrong' } },
  ]);
});

test('a run whose first span arrives last and lies in the hour before is still one run', async () => {
  const before = SAMPLE_START_NS - 3_600n * SECOND_NS;
  const runs = [{ project: 'moved', runId: id('e') }];
  await write('moved', run('e').slice(1));
  await store.refresh(runs, NOW);
  await write('moved', [sampleSpan({ runId: id('e'), traceId: id('e'), startUnixNano: before })]);
  await store.refresh(runs, NOW + 1);
  const listed = await store.listRuns({ project: 'moved' });
  expect(listed).toMatchObject([{ runId: id('e'), startTime: '2026-11-02T11:00:00.000000000Z', spans: 2 }]);
  expect(await store.countRuns('moved')).toMatchObject({ total: 1 });
});

test('the most trusted outcome decides, the newest within a source, and the same id counts once', async () => {
  const runId = id('f');
  await write('trust', run('f'), [
    { runId, outcomeId: 'j', source: 'judge', score: 0.9, passed: null, timeUnixNano: SAMPLE_START_NS + 9n },
    { runId, outcomeId: 'f1', source: 'feedback', passed: true, timeUnixNano: SAMPLE_START_NS + 1n },
    { runId, outcomeId: 'f2', source: 'feedback', passed: false, timeUnixNano: SAMPLE_START_NS + 2n },
  ]);
  await write('trust', [], [{ runId, outcomeId: 'j', source: 'judge', score: 0.2, passed: null }]);
  await store.refresh([{ project: 'trust', runId }], NOW);
  expect((await store.findRun('trust', runId))?.outcome).toMatchObject({ source: 'feedback', passed: false });
  const outcomes = await store.outcomesOf('trust', [runId, id('0')]);
  expect([...outcomes.keys()]).toEqual([runId]);
  expect(outcomes.get(runId)?.map(({ source, passed }) => [source, passed])).toEqual([
    ['feedback', false],
    ['feedback', true],
    ['judge', expect.any(Boolean)],
  ]);
});

test('lists narrow by state, agent, outcome, conversation, time, trial and analysis', async () => {
  const project = 'filters';
  const hour = 3_600n * SECOND_NS;
  await write(
    project,
    [
      ...run('1'),
      ...run('2', { agent: 'other', conversationId: 'c' }),
      ...run('3', { startUnixNano: SAMPLE_START_NS - 30n * hour }),
      ...run('4', { trialId: 't1' }),
      ...run('5').slice(1),
    ],
    [
      { runId: id('1'), outcomeId: '1', passed: true },
      { runId: id('2'), outcomeId: '2', passed: null, score: 0.2 },
    ],
  );
  const runs = ['1', '2', '3', '4', '5'].map((letter) => ({ project, runId: id(letter) }));
  await store.refresh(runs, NOW);
  await store.driver.insert(
    encodeRows(
      ANALYSES,
      [{ project, run_id: id('2'), learn_id: 'l', result: 'x', signature: '', at: NOW }],
      'analysed',
    ),
  );
  const list = async (filter: object): Promise<string> =>
    (await store.listRuns({ project, ...filter })).map((found) => found.runId[0]).join('');
  expect(await list({})).toBe('5213');
  expect(await list({ includeTrials: true })).toBe('54213');
  expect(await list({ state: 'open' })).toBe('5');
  expect(await list({ agent: 'other' })).toBe('2');
  expect(await list({ conversationId: 'c' })).toBe('2');
  expect(await list({ outcome: 'passed' })).toBe('1');
  expect(await list({ outcome: 'failed' })).toBe('2');
  expect(await list({ outcome: 'none' })).toBe('53');
  expect(await list({ unanalysed: true, state: 'closed' })).toBe('13');
  expect(await list({ startedAfterMs: SAMPLE_START_MS })).toBe('521');
  expect(await list({ startedBeforeMs: SAMPLE_START_MS })).toBe('3');
  expect(await store.countRuns(project)).toEqual({
    total: 4,
    passed: 1,
    failed: 1,
    undecided: 2,
    unanalysed: 2,
  });
});

test('a list has the newest runs on top, those that came since the last one and without those that went', async () => {
  const project = 'moving';
  const start = async (letter: string, hours: bigint): Promise<void> => {
    const span = sampleSpan({
      runId: id(letter),
      startUnixNano: SAMPLE_START_NS + hours * 3_600n * SECOND_NS,
    });
    await write(project, [span]);
    await store.refresh([{ project, runId: id(letter) }], NOW);
  };
  const listed = async (limit: number): Promise<string[]> =>
    (await store.listRuns({ project, limit })).map((found) => found.runId);
  await start('1', 0n);
  await start('2', 5n);
  expect(await listed(1)).toEqual([id('2')]);
  await start('3', 9n);
  expect(await listed(1)).toEqual([id('3')]);
  expect(await listed(2)).toEqual([id('3'), id('2')]);
  await erase(store, project, { kind: 'trace', id: id('3') }, NOW);
  expect(await listed(1)).toEqual([id('2')]);
  await erase(store, project, { kind: 'trace', id: id('2') }, NOW);
  expect(await listed(1)).toEqual([id('1')]);
  const before = { project, startedBeforeMs: Number(SAMPLE_START_NS / 1_000_000n) };
  expect(await store.listRuns(before)).toEqual([]);
});

test('pages of a list meet without gap or repetition', async () => {
  const project = 'listing';
  const letters = '0123456789abcdef'.split('');
  // Some start at the same nanosecond: then the id decides.
  const spans = letters.map((letter, index) =>
    sampleSpan({
      runId: id(letter),
      traceId: id(letter),
      startUnixNano: SAMPLE_START_NS - BigInt(Math.floor(index / 3)) * 7_200n * SECOND_NS,
    }),
  );
  await write(project, spans);
  await store.refresh(
    letters.map((letter) => ({ project, runId: id(letter) })),
    NOW,
  );
  const whole = (await store.listRuns({ project })).map((found) => found.runId);
  const paged: string[] = [];
  let last = (await store.listRuns({ project, limit: 5 })).map((found) => {
    paged.push(found.runId);
    return { startTime: found.startTime, runId: found.runId };
  });
  while (last.length > 0 && paged.length <= letters.length) {
    const after = last.at(-1);
    if (after === undefined) break;
    last = (await store.listRuns({ project, limit: 5, after })).map((found) => {
      paged.push(found.runId);
      return { startTime: found.startTime, runId: found.runId };
    });
  }
  expect(whole).toHaveLength(letters.length);
  expect(paged).toEqual(whole);
});

test('a run is found by a unique prefix; an ambiguous one names the runs; a project sees only its own', async () => {
  const project = 'prefix';
  const [one, two] = [`abcdef1${'0'.repeat(25)}`, `abcdef2${'0'.repeat(25)}`];
  await write(
    project,
    [one, two].flatMap((runId) => [sampleSpan({ runId, traceId: runId })]),
  );
  await store.refresh(
    [one, two].map((runId) => ({ project, runId })),
    NOW,
  );
  expect((await store.findRun(project, 'abcdef1'))?.runId).toBe(one);
  expect(await store.findRun(project, 'abc')).toBeUndefined();
  expect(await store.findRun(project, 'ffffffff')).toBeUndefined();
  expect(await store.findRun('somebody else', one)).toBeUndefined();
  await expect(store.findRun(project, 'abcdef')).rejects.toMatchObject({
    name: 'StoreError',
    code: 'ambiguous',
    message: expect.stringContaining(`${one}, ${two}`),
  });
});

test('stale names runs with news since their last row, and open ones given up since', async () => {
  const project = 'stale';
  const stale = async (): Promise<string[]> =>
    (await store.stale(1_000)).filter((found) => found.project === project).map((found) => found.runId);
  await write(project, run('7'));
  expect(await stale()).toEqual([id('7')]);
  await store.refresh([{ project, runId: id('7') }], NOW);
  expect(await stale()).toEqual([]);
  await write(project, [], [{ runId: id('7'), outcomeId: 'n', receivedAtMs: NOW + 1 }]);
  expect(await stale()).toEqual([id('7')]);
  await store.refresh([{ project, runId: id('7') }], NOW + 2);
  expect(await stale()).toEqual([]);
  // The sample time is long past: an open run of then is to be closed as abandoned.
  await write(project, run('8').slice(1));
  await store.refresh([{ project, runId: id('8') }], NOW);
  expect(await store.findRun(project, id('8'))).toMatchObject({ state: 'open' });
  expect(await stale()).toEqual([id('8')]);
  await store.refresh([{ project, runId: id('8') }], NOW + ABANDONED_AFTER_MS);
  expect(await store.findRun(project, id('8'))).toMatchObject({ state: 'abandoned' });
  expect(await stale()).toEqual([]);
});

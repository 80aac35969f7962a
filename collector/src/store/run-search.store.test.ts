import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LogRecord, SpanRecord } from '../records.ts';
import type { QueryRead } from './driver.ts';
import type { RunSearch, SpanFilter } from './run-filter.ts';
import { openStore } from './open-store.ts';
import type { Store } from './store.ts';
import { MATCHES_PER_RUN_MAX } from './run-search.ts';
import {
  SAMPLE_START_MS,
  SAMPLE_START_NS,
  sampleLog,
  sampleModelCall,
  sampleSpan,
} from './testing/sample-records.ts';
import { openTemporaryStore, type TemporaryStore } from './testing/temporary-store.ts';

const SECOND_NS = 1_000_000_000n;

let temporary: TemporaryStore;
let store: Store;
const reads: QueryRead[] = [];
beforeAll(async () => {
  temporary = await openTemporaryStore();
  // A second store on the same engine, which tells what it reads.
  store = await openStore({
    location: { kind: 'embedded', directory: temporary.directory },
    onRead: (read) => reads.push(read),
  });
});
afterAll(async () => {
  await store.close();
  await temporary.remove();
});

let written = 0;
/** Writes runs and their rows. */
async function write(
  project: string,
  spans: readonly SpanRecord[],
  logs: readonly LogRecord[] = [],
): Promise<void> {
  const batch = {
    spans: spans.map((span) => ({ ...span, project })),
    logs: logs.map((log) => ({ ...log, project })),
    outcomes: [],
  };
  await store.write(batch, `search ${written++}`);
  const runs = [...new Set(spans.map((span) => span.runId))].map((runId) => ({ project, runId }));
  await store.refresh(runs, SAMPLE_START_MS + 20_000);
}

/** A run of an agent and a model call, `ageNs` before the sample's start. */
function run(
  id: string,
  fields: { root?: Partial<SpanRecord>; call?: Partial<SpanRecord> } = {},
  ageNs = 0n,
): SpanRecord[] {
  const ids = { runId: id.padEnd(32, '0'), traceId: id.padEnd(32, '0') };
  return [
    sampleSpan({ ...ids, startUnixNano: SAMPLE_START_NS - ageNs, ...fields.root }),
    sampleModelCall({ ...ids, startUnixNano: SAMPLE_START_NS + 2n * SECOND_NS - ageNs, ...fields.call }),
  ];
}

async function found(search: Omit<RunSearch, 'span'> & { readonly span: SpanFilter }): Promise<string[]> {
  const { runs, searchedTo } = await store.searchRuns(search);
  expect(searchedTo).toBeUndefined();
  return runs.map((one) => one.runId.replace(/0+$/, ''));
}

test('runs are found by what stands at one of their spans, wherever it stands', async () => {
  await write('where', [
    ...run('aa', {
      call: {
        attributes: new Map([
          ['order.id', '17'],
          ['tier', 'gold'],
        ]),
        errorType: 'timeout',
      },
    }),
    ...run('ab', { call: { resourceAttributes: new Map([['order.id', '17']]), tool: 'search' } }),
    ...run('ac', { call: { scopeAttributes: new Map([['order.id', '17']]), durationNano: 9n * SECOND_NS } }),
    ...run('ad', {
      call: {
        events: [{ timeUnixNano: 1n, name: 'e', attributes: new Map([['order.id', '17']]) }],
        name: 'chat x',
      },
    }),
    ...run('ae', {
      call: {
        links: [
          {
            traceId: 'f'.repeat(32),
            spanId: 'f'.repeat(16),
            traceState: '',
            attributes: new Map([['order.id', '17']]),
          },
        ],
        responseModel: 'm-2026',
      },
    }),
    ...run('af', {
      call: {
        attributes: new Map([
          ['order.id', '170'],
          ['other', '17'],
        ]),
        status: 'Error',
      },
    }),
  ]);
  const project = 'where';
  const order = [['order.id', '17']] as const;
  const expected: [SpanFilter, string[]][] = [
    [{ attributes: order }, ['aa', 'ab', 'ac', 'ad', 'ae']],
    [{ attributes: [...order, ['tier', 'gold']] }, ['aa']],
    [{ attributes: [['order.id', '170']] }, ['af']],
    [{ attributes: [['order.id', '1']] }, []],
    [{ attributes: order, tool: 'search' }, ['ab']],
    [{ attributes: order, minDurationMs: 9_000 }, ['ac']],
    [{ name: 'chat x' }, ['ad']],
    [{ model: 'm-2026' }, ['ae']],
    [{ errorType: 'timeout' }, ['aa']],
    [{ status: 'Error', kind: 'llm' }, ['af']],
    [{ status: 'Error', kind: 'tool' }, []],
    [{ service: 'shop', maxDurationMs: 0.001 }, []],
  ];
  for (const [span, runs] of expected) {
    expect([span, (await found({ project, span })).sort()]).toEqual([span, runs]);
  }
});

test('words are found in content, messages, events and log records, without regard to case', async () => {
  await write(
    'words',
    [
      ...run('aa', { call: { input: 'Was ist mit Bestellung ORD-17?' } }),
      ...run('ab', { call: { output: '{"answer":"bestellung"}' } }),
      ...run('ac', { call: { systemInstructions: 'a Bestellung is an order' } }),
      ...run('ad', { root: { statusMessage: 'no bestellung' } }),
      ...run('ae', {
        call: {
          events: [
            {
              timeUnixNano: 1n,
              name: 'exception',
              attributes: new Map([['exception.message', 'bestellung?']]),
            },
          ],
        },
      }),
      ...run('af', { call: { input: 'Bestellungen' } }),
      ...run('ba', { call: { input: 'Größe' } }),
      ...run('bb'),
    ],
    [
      sampleLog({
        traceId: 'bb'.padEnd(32, '0'),
        spanId: '2'.repeat(16),
        body: '{"content":"die Bestellung"}',
        timeUnixNano: SAMPLE_START_NS + 3n * SECOND_NS,
      }),
    ],
  );
  const project = 'words';
  const search = async (text: string, more: SpanFilter = {}): Promise<string[]> =>
    (await found({ project, span: { text, ...more } })).sort();
  expect(await search('bestellung')).toEqual(['aa', 'ab', 'ac', 'ad', 'ae', 'bb']);
  expect(await search('BESTELLUNG ord-17')).toEqual(['aa']);
  expect(await search('Größe')).toEqual(['ba']);
  expect(await search('größ')).toEqual([]);
  expect(await search('die bestellung', { kind: 'llm' })).toEqual(['bb']);
  expect(await search('die bestellung', { kind: 'tool' })).toEqual([]);
  expect(await search('was order')).toEqual([]);
});

test('conditions on the run and on a span hold together, and other projects are never seen', async () => {
  const call = { attributes: new Map([['k', 'v']]) };
  await write('both', [
    ...run('aa', {
      root: { userId: 'u1', tags: ['beta'], sessionId: 's1' },
      call: { ...call, inputTokens: 900, outputTokens: 200 },
    }),
    ...run('ab', { root: { userId: 'u2', status: 'Error', environment: 'staging' }, call }),
    ...run('ac', { root: { userId: 'u1', durationNano: 60n * SECOND_NS } }),
  ]);
  await write('other', run('ad', { root: { userId: 'u1' }, call }));
  const span = { attributes: [['k', 'v']] } as const;
  const project = 'both';
  expect(await found({ project, span, userId: 'u1' })).toEqual(['aa']);
  expect(await found({ project, span, tag: 'beta', sessionId: 's1' })).toEqual(['aa']);
  expect(await found({ project, span, status: 'Error' })).toEqual(['ab']);
  expect(await found({ project, span, environment: 'staging' })).toEqual(['ab']);
  expect(await found({ project, span, minTokens: 1_100 })).toEqual(['aa']);
  expect(await found({ project, span, minTokens: 1_101 })).toEqual([]);
  expect(await found({ project, span: {}, minDurationMs: 60_000 })).toEqual(['ac']);
  expect(await found({ project: 'none', span })).toEqual([]);
  const listed = await store.listRuns({ project, userId: 'u1', minDurationMs: 60_000 });
  expect(listed.map((one) => one.runId.slice(0, 2))).toEqual(['ac']);
});

test('pages meet without gap or repetition, newest first, over slices of every width', async () => {
  const ages = [0n, 1n, 50n, 70n, 3_000n, 40_000n, 5n * 86_400n, 200n * 86_400n];
  const spans = ages.flatMap((seconds, index) =>
    run(
      String.fromCharCode(97 + index),
      { call: { attributes: new Map([['k', 'v']]) } },
      seconds * SECOND_NS,
    ),
  );
  await write('pages', spans);
  const search = { project: 'pages', span: { attributes: [['k', 'v']] }, limit: 3 } as const;
  const seen: string[] = [];
  let after: RunSearch['after'];
  do {
    const { runs } = await store.searchRuns({ ...search, ...(after === undefined ? {} : { after }) });
    seen.push(...runs.map((one) => one.runId.slice(0, 1)));
    after = runs.at(-1);
  } while (after !== undefined);
  expect(seen.join('')).toBe('abcdefgh');
  const hour = { startedAfterMs: SAMPLE_START_MS - 3_600_000, startedBeforeMs: SAMPLE_START_MS };
  expect(await found({ ...search, ...hour, limit: 50 })).toEqual(['b', 'c', 'd', 'e']);
});

test('a span that starts long after its run did is found on the page of its run', async () => {
  const late = {
    startUnixNano: SAMPLE_START_NS + 5n * 3_600n * SECOND_NS,
    attributes: new Map([['k', 'late']]),
  };
  const whole = { durationNano: 6n * 3_600n * SECOND_NS };
  await write('late', [...run('aa', { root: whole, call: late }), ...run('ab', {}, -30n * SECOND_NS)]);
  const span = { attributes: [['k', 'late']] } as const;
  const after = { startTime: '2026-11-02T12:00:01.000000000Z', runId: '' };
  expect(await found({ project: 'late', span })).toEqual(['aa']);
  expect(await found({ project: 'late', span, after })).toEqual(['aa']);
});

test('a run shows a few of its matching spans, each once however often it was exported', async () => {
  const attributes = new Map([['k', 'v']]);
  const many = Array.from({ length: 10 }, (_, index) =>
    sampleModelCall({
      spanId: String(index).padStart(16, '0'),
      startUnixNano: SAMPLE_START_NS + BigInt(index),
      attributes,
    }),
  );
  await write('shown', many);
  await write('shown', many);
  const { runs } = await store.searchRuns({ project: 'shown', span: { attributes: [['k', 'v']] } });
  expect(runs.map((one) => one.matches.map((match) => Number(match.spanId)))).toEqual([[9, 8, 7]]);
  expect(runs[0]?.matches).toHaveLength(MATCHES_PER_RUN_MAX);
  expect(runs[0]?.matches[0]).toMatchObject({
    name: 'chat m',
    kind: 'llm',
    startTime: '2026-11-02T12:00:00.000000009Z',
  });
});

test('more matches than a slice may hold narrow it: the newest runs come first all the same', async () => {
  const attributes = new Map([['k', 'v']]);
  const spans = Array.from({ length: 5_000 }, (_, index) => {
    const id = String(index % 100).padStart(32, '0');
    return sampleSpan({
      runId: id,
      traceId: id,
      spanId: String(index).padStart(16, '0'),
      startUnixNano: SAMPLE_START_NS - BigInt(index % 100) * 100_000_000n,
      attributes,
    });
  });
  await write('dense', spans);
  const { runs } = await store.searchRuns({
    project: 'dense',
    span: { attributes: [['k', 'v']] },
    limit: 90,
  });
  expect(runs.map((one) => Number(one.runId))).toEqual(Array.from({ length: 90 }, (_, index) => index));
});

test('a search that has no time left tells how far it came', async () => {
  await expect(store.searchRuns({ project: 'where', span: {}, timeoutMs: 0 })).rejects.toMatchObject({
    code: 'TIMEOUT_EXCEEDED',
    message: expect.stringContaining('took longer than 0 ms'),
  });
});

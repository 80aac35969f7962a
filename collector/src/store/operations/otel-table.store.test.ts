import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleSpan } from '../testing/sample-records.ts';
import { openTemporaryStore, type TemporaryStore } from '../testing/temporary-store.ts';
import { readOtelTable } from './otel-table.ts';

let temporary: TemporaryStore;
beforeAll(async () => {
  temporary = await openTemporaryStore();
  await temporary.store.driver.command('CREATE DATABASE otel ENGINE = Atomic');
});
afterAll(async () => await temporary.remove());

/** The columns that the exporter makes, in its order; `attributes` is their type. */
function exporterTable(name: string, attributes: string, rest: string): string {
  return `CREATE TABLE otel.${name} (
    Timestamp DateTime64(9) CODEC(Delta, ZSTD(1)), TraceId String CODEC(ZSTD(1)), SpanId String CODEC(ZSTD(1)),
    ParentSpanId String CODEC(ZSTD(1)), TraceState String CODEC(ZSTD(1)), SpanName LowCardinality(String) CODEC(ZSTD(1)),
    SpanKind LowCardinality(String) CODEC(ZSTD(1)), ServiceName LowCardinality(String) CODEC(ZSTD(1)),
    ResourceAttributes ${attributes}, ScopeName String CODEC(ZSTD(1)), ScopeVersion String CODEC(ZSTD(1)),
    SpanAttributes ${attributes}, Duration UInt64 CODEC(ZSTD(1)), StatusCode LowCardinality(String) CODEC(ZSTD(1)),
    StatusMessage String CODEC(ZSTD(1)),
    Events Nested (Timestamp DateTime64(9), Name LowCardinality(String), Attributes ${attributes}),
    Links Nested (TraceId String, SpanId String, TraceState String, Attributes ${attributes})${rest}`;
}

const MAP = 'Map(LowCardinality(String), String)';
const FORMS = {
  classic: exporterTable(
    'classic',
    MAP,
    `, INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1
    ) ENGINE = MergeTree PARTITION BY toDate(Timestamp) ORDER BY (ServiceName, SpanName, toDateTime(Timestamp))`,
  ),
  newest: exporterTable(
    'newest',
    MAP,
    `, SpanAttributeItems Array(String) ALIAS arrayMap((name, value) -> concat(name, '=', value), mapKeys(SpanAttributes), mapValues(SpanAttributes))
    ) ENGINE = MergeTree PARTITION BY toDate(Timestamp) ORDER BY (ServiceName, SpanName, toDateTime(Timestamp), Timestamp)`,
  ),
  json: exporterTable(
    'json',
    'JSON',
    `, SpanAttributesKeys Array(LowCardinality(String))
    ) ENGINE = MergeTree PARTITION BY toDate(Timestamp) ORDER BY (ServiceName, SpanName, toDateTime(Timestamp), Timestamp)`,
  ),
} as const;

/** The rows as the exporter writes them: lower-case ids, kinds and states as words, a map or JSON of attributes. */
async function fill(table: string, spans: number, isJson: boolean): Promise<void> {
  const map = (json: string, entries: string): string => (isJson ? `'${json}'::JSON` : `map(${entries})`);
  await temporary.store.driver.command(
    `
INSERT INTO otel.${table} (Timestamp, TraceId, SpanId, ParentSpanId, TraceState, SpanName, SpanKind, ServiceName,
  ResourceAttributes, ScopeName, ScopeVersion, SpanAttributes, Duration, StatusCode, StatusMessage,
  \`Events.Timestamp\`, \`Events.Name\`, \`Events.Attributes\`, \`Links.TraceId\`, \`Links.SpanId\`, \`Links.TraceState\`, \`Links.Attributes\`)
SELECT fromUnixTimestamp64Nano(1793620800123456789 + intDiv(number, 3) * 1000000), leftPad(toString(number), 32, '0'), leftPad(toString(number), 16, '0'),
  '', 'k=v', 'chat gpt', 'Client', 'shop',
  ${map('{"service.name":"shop","host.cpus":8}', `'service.name', 'shop', 'host.cpus', '8'`)}, 'scope', '1.2',
  ${map('{"gen_ai.operation.name":"chat","gen_ai.usage.input_tokens":12,"ratio":0.5,"ok":true,"gen_ai.response.finish_reasons":["stop"]}', `'gen_ai.operation.name', 'chat', 'gen_ai.usage.input_tokens', '12', 'ratio', '0.5', 'ok', 'true', 'gen_ai.response.finish_reasons', '["stop"]'`)},
  1500000000, 'Error', 'failed', [fromUnixTimestamp64Nano(1793620800200000001)], ['exception'],
  [${map('{"exception.type":"E"}', `'exception.type', 'E'`)}], [repeat('c', 32)], [repeat('d', 16)], [''], [${map('{"l":1}', `'l', '1'`)}]
FROM numbers({spans: UInt32})`,
    { parameters: { spans } },
  );
}

interface Line {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly object[] };
    readonly scopeSpans: readonly {
      readonly scope: object;
      readonly spans: readonly Record<string, unknown>[];
    }[];
  }[];
}

async function read(table: string, range: { fromMs?: number; toMs?: number } = {}): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const { line } of readOtelTable(temporary.store.driver, { table, ...range }))
    lines.push(JSON.parse(line));
  return lines;
}

test.each(Object.entries(FORMS))('rows of the %s form become OTLP', async (name, ddl) => {
  await temporary.store.driver.command(ddl);
  const isJson = name === 'json';
  await fill(name, 1, isJson);
  const [line] = await read(`otel.${name}`);
  const value = (type: string, typed: unknown, text: string): object =>
    isJson ? { [type]: typed } : { stringValue: text };
  expect(line?.resourceSpans).toHaveLength(1);
  const [{ resource, scopeSpans: [group] } = { resource: undefined, scopeSpans: [] }] =
    line?.resourceSpans ?? [];
  expect(resource?.attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'shop' } });
  expect(resource?.attributes).toContainEqual({ key: 'host.cpus', value: value('intValue', '8', '8') });
  expect(group?.scope).toEqual({ name: 'scope', version: '1.2' });
  expect(group?.spans[0]).toMatchObject({
    traceId: '0'.repeat(32),
    spanId: '0'.repeat(16),
    name: 'chat gpt',
    kind: 3,
    traceState: 'k=v',
    startTimeUnixNano: '1793620800123456789',
    endTimeUnixNano: '1793620801623456789',
    status: { code: 2, message: 'failed' },
    events: [
      {
        name: 'exception',
        timeUnixNano: '1793620800200000001',
        attributes: [{ key: 'exception.type', value: { stringValue: 'E' } }],
      },
    ],
    links: [
      {
        traceId: 'c'.repeat(32),
        spanId: 'd'.repeat(16),
        attributes: [{ key: 'l', value: value('intValue', '1', '1') }],
      },
    ],
  });
  expect(group?.spans[0]?.['attributes']).toEqual(
    expect.arrayContaining([
      { key: 'gen_ai.usage.input_tokens', value: value('intValue', '12', '12') },
      { key: 'ratio', value: value('doubleValue', 0.5, '0.5') },
      { key: 'ok', value: value('boolValue', true, 'true') },
      {
        key: 'gen_ai.response.finish_reasons',
        value: isJson ? { arrayValue: { values: [{ stringValue: 'stop' }] } } : { stringValue: '["stop"]' },
      },
    ]),
  );
});

test('pages follow each other without gap or repetition, also among spans of one nanosecond, and can be taken up again', async () => {
  await temporary.store.driver.command(FORMS.classic.replace('otel.classic', 'otel.paged'));
  await fill('paged', 2_500, false);
  const ids = (lines: readonly Line[]): unknown[] =>
    lines.flatMap(({ resourceSpans }) =>
      resourceSpans.map(({ scopeSpans }) => scopeSpans[0]?.spans[0]?.['spanId']),
    );
  const pages = await read('otel.paged');
  expect(pages).toHaveLength(3);
  const wanted = Array.from({ length: 2_500 }, (_, index) => String(index).padStart(16, '0'));
  expect(ids(pages)).toEqual(wanted);
  const fromMs = 1_793_620_800_123 + 500;
  expect(ids(await read('otel.paged', { fromMs }))).toEqual(wanted.slice(1_500));
  expect(ids(await read('otel.paged', { toMs: fromMs }))).toEqual(wanted.slice(0, 1_500));
});

test('the view of the guide reads both tables as one', async () => {
  const { store } = temporary;
  const { driver } = store;
  await driver.command(FORMS.newest.replace('otel.newest', 'otel.otel_traces'));
  await fill('otel_traces', 2, false);
  await store.write(
    { spans: [sampleSpan({ attributes: new Map([['a', 'b']]) })], logs: [], outcomes: [] },
    'ours',
  );
  const guide = readFileSync(new URL('../../../../docs/production.md', import.meta.url), 'utf8');
  const view = /CREATE VIEW traces_everywhere AS[^;]*/.exec(guide)?.[0] ?? '';
  await driver.command(view.replace('traces_everywhere', 'tracelore.traces_everywhere'));
  expect(
    await driver.query(
      `SELECT ServiceName, count() AS spans, max(Duration) AS longest, anyLast(SpanAttributes['a']) AS a
       FROM tracelore.traces_everywhere WHERE Timestamp > '2026-01-01' GROUP BY ServiceName, TraceId = repeat('a', 32) ORDER BY spans`,
    ),
  ).toEqual([
    { ServiceName: 'shop', spans: '1', longest: '1500000000', a: 'b' },
    { ServiceName: 'shop', spans: '2', longest: '1500000000', a: '' },
  ]);
});

test.each([
  ['otel.nothing', 'there is no table otel.nothing'],
  ['tracelore.runs', 'is no table of the ClickHouse exporter'],
  [`otel.x; DROP TABLE y`, 'not the name of a table'],
  ['a.b.c', 'not the name of a table'],
])('%s is refused', async (table, problem) => {
  await expect(read(table)).rejects.toThrow(problem);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SqlDriver } from './driver.ts';
import { loadMigrations, statementsOf } from './migrations.ts';
import { ANALYSES, LOGS, OUTCOMES, RUNS, SPANS } from './tables.ts';
import { SAMPLE_START_NS, sampleLog, sampleSpan } from './testing/sample-records.ts';
import { openTemporaryStore, type TemporaryStore } from './testing/temporary-store.ts';

let temporary: TemporaryStore;
let driver: SqlDriver;
beforeAll(async () => {
  temporary = await openTemporaryStore();
  driver = temporary.store.driver;
  await temporary.store.write(
    {
      spans: [
        sampleSpan({
          otelKind: 'Server',
          status: 'Error',
          attributes: new Map([['a', 'b']]),
          events: [{ timeUnixNano: SAMPLE_START_NS, name: 'e', attributes: new Map([['x', 'y']]) }],
          links: [{ traceId: 'f'.repeat(32), spanId: 'f'.repeat(16), traceState: '', attributes: new Map() }],
        }),
        sampleSpan({ spanId: '2'.repeat(16), startUnixNano: SAMPLE_START_NS + 90_000_000_000n }),
      ],
      logs: [sampleLog({ eventName: 'gen_ai.x' })],
      outcomes: [],
    },
    'sample',
  );
});
afterAll(async () => await temporary.remove());

test.each([SPANS, LOGS, OUTCOMES, RUNS, ANALYSES])(
  'the columns of $name are those of the database',
  async (table) => {
    const columns = await driver.query<{ name: string; type: string }>(
      `SELECT name, type FROM system.columns WHERE database = 'tracelore' AND table = {table: String}
         AND default_kind != 'ALIAS' ORDER BY position`,
      { parameters: { table: table.name } },
    );
    expect(columns.map(({ name, type }) => [name, type])).toEqual(Object.entries(table.columns));
  },
);

test('no column has a default of its own: inserts do not look for them', async () => {
  const columns = await driver.query(
    `SELECT table, name FROM system.columns WHERE database = 'tracelore' AND default_kind = 'DEFAULT'`,
  );
  expect(columns).toEqual([]);
});

test('every table that takes inserts has a deduplication window, or its tokens would be ignored in silence', async () => {
  const tables = await driver.query<{ name: string; windowed: boolean }>(
    `SELECT name, position(create_table_query, 'non_replicated_deduplication_window') > 0 AS windowed
     FROM system.tables WHERE database = 'tracelore' AND engine LIKE '%MergeTree' ORDER BY name`,
  );
  expect(tables.map((table) => table.name)).toEqual([
    'analyses',
    'api_key_ends',
    'api_key_uses',
    'api_keys',
    'audit_log',
    'id_times',
    'indexed_days',
    'logs',
    'outcomes',
    'projects',
    'runs',
    'schema_migrations',
    'spans',
  ]);
  expect(tables.filter((table) => !table.windowed)).toEqual([]);
});

/** The columns of the exporter's tables, in its order. */
const EXPORTER_COLUMNS = {
  otel_traces:
    'Timestamp TraceId SpanId ParentSpanId TraceState SpanName SpanKind ServiceName ResourceAttributes ScopeName ' +
    'ScopeVersion SpanAttributes Duration StatusCode StatusMessage Events.Timestamp Events.Name Events.Attributes ' +
    'Links.TraceId Links.SpanId Links.TraceState Links.Attributes',
  otel_traces_trace_id_ts: 'TraceId Start End',
  otel_logs:
    'Timestamp TimestampTime TraceId SpanId TraceFlags SeverityText SeverityNumber ServiceName Body ResourceSchemaUrl ' +
    'ResourceAttributes ScopeSchemaUrl ScopeName ScopeVersion ScopeAttributes LogAttributes EventName',
};

test.each(Object.entries(EXPORTER_COLUMNS))('%s has the columns of the exporter', async (view, names) => {
  const columns = await driver.query<{ name: string }>(
    `SELECT name FROM system.columns WHERE database = 'tracelore' AND table = {view: String} ORDER BY position`,
    { parameters: { view } },
  );
  expect(columns.map((column) => column.name).join(' ')).toBe(names);
});

test('queries written for the exporter run: a trace by its id through the lookup, a search, latencies, logs', async () => {
  const trace = await driver.query(
    `WITH '${'a'.repeat(32)}' AS trace_id,
       (SELECT min(Start) FROM tracelore.otel_traces_trace_id_ts WHERE TraceId = trace_id) AS trace_start,
       (SELECT max(End) + 1 FROM tracelore.otel_traces_trace_id_ts WHERE TraceId = trace_id) AS trace_end
     SELECT TraceId AS traceID, SpanId AS spanID, ParentSpanId AS parentSpanID, ServiceName AS serviceName,
       SpanName AS operationName, Timestamp AS startTime, multiply(Duration, 0.000001) AS duration,
       arrayMap(key -> map('key', key, 'value', SpanAttributes[key]), mapKeys(SpanAttributes)) AS tags,
       if(StatusCode IN ('Error', 'STATUS_CODE_ERROR'), 2, 0) AS statusCode,
       arrayMap(event -> tuple(multiply(toFloat64(event.1), 1000), event.2), arrayZip(Events.Timestamp, Events.Name)) AS logs
     FROM tracelore.otel_traces
     WHERE traceID = trace_id AND startTime >= trace_start AND startTime <= trace_end
     ORDER BY Timestamp LIMIT 1000`,
  );
  expect(trace).toMatchObject([
    { serviceName: 'shop', duration: 1500, tags: [{ key: 'a', value: 'b' }], statusCode: 2 },
    { spanID: '2'.repeat(16), statusCode: 0 },
  ]);
  expect(
    await driver.query(
      `SELECT SpanName, count() AS n, quantile(0.95)(Duration) AS p95 FROM tracelore.otel_traces
       WHERE ServiceName = 'shop' AND Timestamp >= toDateTime('2026-11-02 00:00:00') AND SpanKind = 'Server'
       GROUP BY SpanName`,
    ),
  ).toEqual([{ SpanName: 'answer', n: '1', p95: 1_500_000_000 }]);
  expect(
    await driver.query(
      `SELECT Timestamp AS timestamp, Body AS body, SeverityText AS level FROM tracelore.otel_logs
       WHERE ServiceName = 'shop' AND TimestampTime >= toDateTime('2026-11-02 00:00:00') ORDER BY timestamp`,
    ),
  ).toEqual([{ timestamp: '2026-11-02 12:00:00.000000000', body: 'a message', level: 'INFO' }]);
});

test('a span that came twice is one row for whoever reads as from the exporter', async () => {
  const again = {
    spans: [sampleSpan({ spanId: '2'.repeat(16), startUnixNano: SAMPLE_START_NS + 90_000_000_000n })],
    logs: [],
    outcomes: [],
  };
  const counts = async (): Promise<unknown> =>
    await driver.query(
      'SELECT (SELECT count() FROM tracelore.spans) AS raw, count() AS seen FROM tracelore.otel_traces',
    );
  expect(await counts()).toEqual([{ raw: '2', seen: '2' }]);
  await temporary.store.write(again, 'sent again');
  expect(await counts()).toEqual([{ raw: '3', seen: '2' }]);
});

async function keysUsed(sql: string): Promise<string> {
  const lines = await driver.query<{ explain: string }>(`EXPLAIN indexes = 1 ${sql}`);
  return lines.map((line) => line.explain).join('\n');
}

test('conditions on time reach the index, through the view and without the project too', async () => {
  const through = await keysUsed(
    `SELECT count() FROM tracelore.otel_traces WHERE Timestamp >= '2026-11-02 12:00:00' AND Timestamp < '2026-11-02 13:00:00'`,
  );
  expect(through).toMatch(/Partition[\s\S]*PrimaryKey[\s\S]*toStartOfHour\(start_time\)/);
  const run = await keysUsed(
    `SELECT input FROM tracelore.spans WHERE project = 'p' AND run_id = 'x' AND start_time >= '2026-11-02 12:00:00'`,
  );
  expect(run).toMatch(/PrimaryKey[\s\S]*project[\s\S]*toStartOfHour\(start_time\)[\s\S]*idx_run_id/);
  const times = await keysUsed(
    `SELECT start FROM tracelore.id_times WHERE project = 'p' AND startsWith(id, 'abc')`,
  );
  expect(times).toMatch(/PrimaryKey[\s\S]*\n\s+id\n/);
});

test('every statement of the schema is written so that it may run again', () => {
  const migrations = loadMigrations(new URL('./schema/', import.meta.url));
  const statements = migrations.flatMap((migration) => statementsOf(migration, 'd'));
  expect(statements.length).toBeGreaterThan(10);
  expect(
    statements.filter(
      (statement) => !/^CREATE (TABLE|VIEW|MATERIALIZED VIEW) IF NOT EXISTS d\./.test(statement),
    ),
  ).toEqual([]);
});

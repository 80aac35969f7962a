import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore, type Store } from '@tracelore/collector/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resolveConfig } from '../config.ts';
import { directStore } from './direct-store.ts';
import { importFrom } from './import-file.ts';

let directory: string;
let store: Store;
beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'import-'));
  store = await openStore({ location: { kind: 'embedded', directory } });
});
afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const SECRET = `ghp_${'a1B2'.repeat(9)}`;
const RUNS = 700;

test("a table of the Collector's ClickHouse exporter becomes runs of the project, once", async () => {
  await store.driver.command('CREATE DATABASE otel ENGINE = Atomic');
  await store.driver.command(`CREATE TABLE otel.otel_traces (
    Timestamp DateTime64(9), TraceId String, SpanId String, ParentSpanId String, TraceState String,
    SpanName LowCardinality(String), SpanKind LowCardinality(String), ServiceName LowCardinality(String),
    ResourceAttributes Map(LowCardinality(String), String), ScopeName String, ScopeVersion String,
    SpanAttributes Map(LowCardinality(String), String), Duration UInt64, StatusCode LowCardinality(String), StatusMessage String,
    Events Nested (Timestamp DateTime64(9), Name LowCardinality(String), Attributes Map(LowCardinality(String), String)),
    Links Nested (TraceId String, SpanId String, TraceState String, Attributes Map(LowCardinality(String), String))
  ) ENGINE = MergeTree PARTITION BY toDate(Timestamp) ORDER BY (ServiceName, SpanName, toDateTime(Timestamp))`);
  // An agent and its model call per trace.
  await store.driver.command(
    `INSERT INTO otel.otel_traces (Timestamp, TraceId, SpanId, ParentSpanId, SpanName, SpanKind, ServiceName, ResourceAttributes, SpanAttributes, Duration, StatusCode)
     SELECT toDateTime64('2026-11-02 12:00:00', 9, 'UTC') + intDiv(number, 2) + number % 2, leftPad(lower(hex(intDiv(number, 2) + 1)), 32, '0'),
       leftPad(lower(hex(number + 1)), 16, '0'), if(number % 2 = 0, '', leftPad(lower(hex(number)), 16, '0')),
       if(number % 2 = 0, 'invoke_agent helper', 'chat gpt-5'), if(number % 2 = 0, 'Internal', 'Client'), 'shop', map('service.name', 'shop', 'tracelore.project', 'theirs'),
       if(number % 2 = 0, map('gen_ai.operation.name', 'invoke_agent', 'gen_ai.agent.name', 'helper'),
         map('gen_ai.operation.name', 'chat', 'gen_ai.request.model', 'gpt-5', 'gen_ai.usage.input_tokens', '12', 'input.value', {secret: String})),
       1000000000, 'Ok'
     FROM numbers({spans: UInt32})`,
    { parameters: { spans: 2 * RUNS, secret: `key ${SECRET}` } },
  );
  const target = directStore(store, resolveConfig({ arguments: { project: 'mine' } }));
  const settings = { file: undefined, otelTable: 'otel.otel_traces' };
  for (let round = 0; round < 2; round++)
    expect(await importFrom(target, settings, () => undefined)).toEqual({
      rows: 2 * RUNS,
      rejected: 0,
      problem: '',
    });

  const [counts] = await store.driver.query(
    `SELECT count() AS spans, uniqExact(project) AS projects, sum(input_tokens) AS tokens, countIf(position(input, 'ghp_') > 0) AS secrets FROM tracelore.spans`,
  );
  expect(counts).toEqual({ spans: String(2 * RUNS), projects: '1', tokens: String(12 * RUNS), secrets: '0' });
  expect(await store.countRuns('mine')).toMatchObject({ total: RUNS });
  const [run] = await store.listRuns({ project: 'mine', limit: 1 });
  expect(run).toMatchObject({
    agent: 'helper',
    service: 'shop',
    spans: 2,
    inputTokens: 12,
    models: ['gpt-5'],
    state: 'closed',
  });
  const from = Date.parse('2026-11-02T12:11:00Z');
  expect(await importFrom(target, { ...settings, from }, () => undefined)).toMatchObject({
    rows: 2 * (RUNS - 660) + 1,
  });
});

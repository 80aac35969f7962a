import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';
import { rowsOfRequest } from './exporter-rows.ts';
import { isSpanShape, requestBody, SPANS_PER_REQUEST } from './payload.ts';

const MERGE_ROUND_MS = 100;
const MERGE_ROUNDS_MAX = 300;

/**
 * The reference: the stock client inserting objects into the OpenTelemetry Collector exporter's tables, on the same engine.
 * No HTTP and no normalising: OTLP/JSON in memory becomes objects, objects are handed to ClickHouse, and the merges of that.
 */
const [directory = '', shape = 'genai', requests = '40', warmUp = '0', rowsPerInsert = '5120'] =
  process.argv.slice(2);
if (!isSpanShape(shape)) throw new Error(`expected genai, prose or small as shape, got ${shape}`);
// @ts-expect-error: the stock connection's types and the client's differ in how optional fields are declared
const client = createClient({ connection: createChdbConnection({ path: directory }) });
await client.command({ query: 'CREATE DATABASE stock ENGINE = Atomic' });
await client.command({
  query: `CREATE TABLE stock.otel_traces (
    Timestamp DateTime64(9) CODEC(Delta, ZSTD(1)), TraceId String CODEC(ZSTD(1)), SpanId String CODEC(ZSTD(1)),
    ParentSpanId String CODEC(ZSTD(1)), TraceState String CODEC(ZSTD(1)), SpanName LowCardinality(String) CODEC(ZSTD(1)),
    SpanKind LowCardinality(String) CODEC(ZSTD(1)), ServiceName LowCardinality(String) CODEC(ZSTD(1)),
    ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)), ScopeName String CODEC(ZSTD(1)),
    ScopeVersion String CODEC(ZSTD(1)), SpanAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    Duration UInt64 CODEC(ZSTD(1)), StatusCode LowCardinality(String) CODEC(ZSTD(1)), StatusMessage String CODEC(ZSTD(1)),
    Events Nested (Timestamp DateTime64(9), Name LowCardinality(String), Attributes Map(LowCardinality(String), String)) CODEC(ZSTD(1)),
    Links Nested (TraceId String, SpanId String, TraceState String, Attributes Map(LowCardinality(String), String)) CODEC(ZSTD(1)),
    INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_res_attr_key mapKeys(ResourceAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_res_attr_value mapValues(ResourceAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_span_attr_key mapKeys(SpanAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_span_attr_value mapValues(SpanAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_duration Duration TYPE minmax GRANULARITY 1
  ) ENGINE = MergeTree PARTITION BY toDate(Timestamp) ORDER BY (ServiceName, SpanName, toDateTime(Timestamp))`,
});
await client.command({
  query: `CREATE TABLE stock.otel_traces_trace_id_ts (
    TraceId String CODEC(ZSTD(1)), Start DateTime CODEC(Delta, ZSTD(1)), End DateTime CODEC(Delta, ZSTD(1)),
    INDEX idx_trace_id TraceId TYPE bloom_filter(0.01) GRANULARITY 1
  ) ENGINE = MergeTree PARTITION BY toDate(Start) ORDER BY (TraceId, Start)`,
});
await client.command({
  query: `CREATE MATERIALIZED VIEW stock.otel_traces_trace_id_ts_mv TO stock.otel_traces_trace_id_ts AS
    SELECT TraceId, min(Timestamp) AS Start, max(Timestamp) AS End FROM stock.otel_traces WHERE TraceId != '' GROUP BY TraceId`,
});
const perInsert = Math.max(1, Math.round(Number(rowsPerInsert) / SPANS_PER_REQUEST));
const startMs = Date.now() - 120_000;
const bodies = Array.from({ length: Number(warmUp) + Number(requests) }, (_, request) =>
  Buffer.from(requestBody(shape, request, startMs, 'json')),
);
await insert(bodies.slice(0, Number(warmUp)));
const cpu = process.cpuUsage();
const started = performance.now();
const decodeUs = await insert(bodies.slice(Number(warmUp)));
const elapsedMs = performance.now() - started;
await mergesSettled();
const used = process.cpuUsage(cpu);
const answer = await client.query({ query: 'SELECT count() AS spans FROM stock.otel_traces' });
const [counted] = (await answer.json<{ spans: string | number }>()).data;
process.send?.({
  elapsedMs,
  cpuMs: (used.user + used.system) / 1_000,
  decodeMs: decodeUs / 1_000,
  stored: Number(counted?.spans),
});
await client.close();
process.disconnect();

/** Resolves with the CPU time that making objects took, µs. */
async function insert(requestBodies: readonly Buffer[]): Promise<number> {
  let spentUs = 0;
  for (let from = 0; from < requestBodies.length; from += perInsert) {
    const before = process.threadCpuUsage();
    const values = requestBodies.slice(from, from + perInsert).flatMap(rowsOfRequest);
    const { user, system } = process.threadCpuUsage(before);
    spentUs += user + system;
    await client.insert({ table: 'stock.otel_traces', values, format: 'JSONEachRow' });
  }
  return spentUs;
}

async function mergesSettled(): Promise<void> {
  for (let round = 0; round < MERGE_ROUNDS_MAX; round += 1) {
    const result = await client.query({ query: 'SELECT count() AS running FROM system.merges' });
    const [merges] = (await result.json<{ running: string | number }>()).data;
    if (Number(merges?.running) === 0) return;
    await delay(MERGE_ROUND_MS);
  }
}

import { createClient } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';
import { attributesOf, spanIdOf, SPANS_PER_REQUEST, traceIdOf, type SpanShape } from './payload.ts';

/**
 * The reference: the stock client inserting objects into the OpenTelemetry Collector exporter's table, on the same engine.
 * No HTTP, no decoding, no normalising: only what it costs to hand ready objects to ClickHouse.
 */
const [directory = '', shape = 'genai', requests = '40'] = process.argv.slice(2);
if (shape !== 'genai' && shape !== 'small') throw new Error(`unknown span shape ${shape}`);
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
    INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_res_attr_key mapKeys(ResourceAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_span_attr_key mapKeys(SpanAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_span_attr_value mapValues(SpanAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_duration Duration TYPE minmax GRANULARITY 1
  ) ENGINE = MergeTree PARTITION BY toDate(Timestamp) ORDER BY (ServiceName, SpanName, toDateTime(Timestamp))`,
});
const batches = Array.from({ length: Math.ceil(Number(requests) / 10) }, (_, batch) =>
  rows(shape, batch * 10, Math.min(10, Number(requests) - batch * 10)),
);
const cpu = process.cpuUsage();
const started = performance.now();
for (const values of batches)
  await client.insert({ table: 'stock.otel_traces', values, format: 'JSONEachRow' });
const elapsedMs = performance.now() - started;
const used = process.cpuUsage(cpu);
process.send?.({ elapsedMs, cpuMs: (used.user + used.system) / 1_000 });
await client.close();
process.disconnect();

function rows(of: SpanShape, firstRequest: number, count: number): Record<string, unknown>[] {
  const startMs = Date.now() - 120_000;
  return Array.from({ length: count * SPANS_PER_REQUEST }, (_, offset) => {
    const index = firstRequest * SPANS_PER_REQUEST + offset;
    return {
      Timestamp: ((startMs + (index % 60_000)) / 1_000).toFixed(9),
      TraceId: traceIdOf(Math.floor(index / SPANS_PER_REQUEST)),
      SpanId: spanIdOf(index),
      ParentSpanId: '',
      TraceState: '',
      SpanName: of === 'genai' ? 'chat gpt-bench' : 'GET /orders',
      SpanKind: of === 'genai' ? 'Client' : 'Server',
      ServiceName: 'bench',
      ResourceAttributes: { 'service.name': 'bench' },
      ScopeName: 'bench',
      ScopeVersion: '1',
      SpanAttributes: Object.fromEntries(
        Object.entries(attributesOf(of, index)).map(([key, value]) => [
          key,
          typeof value === 'string' ? value : JSON.stringify(value),
        ]),
      ),
      Duration: '250000000',
      StatusCode: 'Ok',
      StatusMessage: '',
    };
  });
}

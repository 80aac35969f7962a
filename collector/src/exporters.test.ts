import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, TracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCollector, type Collector } from './collector.ts';
import type { SpanRecord } from './records.ts';
import { StoreError } from './store/store-error.ts';
import { MemoryStore } from './testing/memory-store.ts';

let store: MemoryStore;
let collector: Collector;
beforeEach(async () => {
  store = new MemoryStore();
  collector = createCollector({ store, port: 0, commitIntervalMs: 0, onError: () => undefined });
  await collector.start();
});
afterEach(async () => await collector.shutdown());

/** Records one span with every kind of value through OpenTelemetry's own SDK and exporter. */
async function exportSpans(exporter: SpanExporter, count: number): Promise<SpanRecord[]> {
  const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] });
  const tracer = provider.getTracer('app', '1.2.3');
  for (let index = 0; index < count; index += 1) {
    const span = tracer.startSpan(`chat gpt-4o`, {
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.input_tokens': 57,
        'gen_ai.request.temperature': 0.5,
        'gen_ai.response.finish_reasons': ['stop'],
        streamed: true,
      },
    });
    span.recordException(new TypeError('broken'));
    span.setStatus({ code: 2, message: 'it broke' });
    span.end();
  }
  await provider.forceFlush();
  await provider.shutdown();
  return store.batches.flatMap(({ spans }) => spans);
}

test.each([
  ['JSON', JsonExporter, 'none'],
  ['JSON with gzip', JsonExporter, 'gzip'],
  ['protobuf', ProtobufExporter, 'none'],
  ['protobuf with gzip', ProtobufExporter, 'gzip'],
] as const)("OpenTelemetry's exporter in %s", async (_name, Exporter, compression) => {
  const options = { url: `${collector.address.url}/v1/traces`, compression };
  // The exporters name the two compressions in an enum of their own with these values.
  const exporter: SpanExporter = Reflect.construct(Exporter, [options]);
  const spans = await exportSpans(exporter, 600);
  expect(spans).toHaveLength(600);
  expect(spans[0]).toMatchObject({
    name: 'chat gpt-4o',
    kind: 'llm',
    scopeName: 'app',
    scopeVersion: '1.2.3',
    requestModel: 'gpt-4o',
    inputTokens: 57,
    finishReasons: ['stop'],
    status: 'Error',
    statusMessage: 'it broke',
    errorType: 'TypeError',
    warnings: [],
  });
  expect(Object.fromEntries(spans[0]?.attributeTypes ?? [])).toStrictEqual({
    'gen_ai.usage.input_tokens': 'int',
    'gen_ai.request.temperature': 'double',
    'gen_ai.response.finish_reasons': 'array',
    streamed: 'bool',
  });
});

test('an exporter that met a store in trouble tries again by itself and stores each span once', async () => {
  store.failures.push(new StoreError('closed', 'not now'));
  const exporter = new ProtobufExporter({ url: `${collector.address.url}/v1/traces` });
  expect(await exportSpans(exporter, 3)).toHaveLength(3);
  expect(collector.stats()).toMatchObject({ requests: 2, refused: { store_unavailable: 1 } });
});

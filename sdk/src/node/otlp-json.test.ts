import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace as otel } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { startFakeService } from '../testing/fake-service.ts';
import { decodeReceivedSpans } from '../testing/received-span.ts';
import { encodeTraceRequest, estimateBytes } from './otlp-json.ts';

/** Spans as an application makes them, exported by OpenTelemetry's own exporter: the oracle. */
async function exportedByOpenTelemetry(): Promise<{ spans: ReadableSpan[]; body: unknown }> {
  const service = await startFakeService();
  const spans: ReadableSpan[] = [];
  const exporter = new OTLPTraceExporter({ url: `${service.url}/v1/traces` });
  const provider = new TracerProvider({
    spanProcessors: [
      {
        onStart: () => {},
        onEnd: (span) => void spans.push(span),
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  });
  const tracer = provider.getTracer('scope', '1.2.3');
  const root = tracer.startSpan(
    'root',
    { kind: SpanKind.SERVER, startTime: [1_763_600_000, 7] },
    ROOT_CONTEXT,
  );
  const child = tracer.startSpan(
    'child',
    {
      kind: SpanKind.CLIENT,
      startTime: [1_763_600_000, 500],
      attributes: {
        text: 'grüße "quoted"\n',
        flag: true,
        whole: 42,
        real: 0.25,
        large: 2 ** 60,
        texts: ['a', 'b'],
        numbers: [1, 2.5],
        nested: { list: [{ deep: 'x' }], none: null },
      },
      links: [{ context: root.spanContext(), attributes: { why: 'because' } }],
    },
    otel.setSpan(ROOT_CONTEXT, root),
  );
  child.addEvent('event', { n: 1 }, [1_763_600_001, 999_999_999]);
  child.setStatus({ code: SpanStatusCode.ERROR, message: 'bad' });
  child.end([1_763_600_002, 0]);
  root.setStatus({ code: SpanStatusCode.OK });
  root.end([1_763_600_003, 100_000_000]);
  provider.getTracer('other').startSpan('elsewhere', {}, ROOT_CONTEXT).end();
  await new Promise<void>((resolve, reject) => {
    exporter.export(spans, (result) => (result.error === undefined ? resolve() : reject(result.error)));
  });
  const [body] = service.bodies('/v1/traces');
  await exporter.shutdown();
  await service.close();
  return { spans, body };
}

it("encodes what OpenTelemetry's own exporter encodes", async () => {
  const { spans, body } = await exportedByOpenTelemetry();
  const ours = decodeReceivedSpans(JSON.parse(encodeTraceRequest(spans)));
  const theirs = decodeReceivedSpans(body);
  expect(ours).toHaveLength(3);
  expect(ours).toEqual(theirs);
  const child = ours.find((span) => span.name === 'child');
  expect(child?.startUnixNano).toBeGreaterThan(0n);
  expect(child?.endUnixNano).toBe(1_763_600_002_000_000_000n);
  expect(child?.attributes['nested']).toEqual({ list: [{ deep: 'x' }], none: null });
});

it('replaces the resource where one is given', async () => {
  const { spans } = await exportedByOpenTelemetry();
  const [span] = decodeReceivedSpans(JSON.parse(encodeTraceRequest(spans, { 'service.name': 'mine' })));
  expect(span?.resource).toEqual({ 'service.name': 'mine' });
});

it('writes numbers as the protocol wants them and survives any attribute value', () => {
  const spans: ReadableSpan[] = [];
  const provider = new TracerProvider({
    spanProcessors: [
      new SimpleSpanProcessor({
        exporter: {
          export: (batch, done) => {
            spans.push(...batch);
            done({ code: 0 });
          },
          shutdown: async () => {},
        },
      }),
    ],
  });
  fc.assert(
    fc.property(fc.double(), fc.string(), (number, text) => {
      spans.length = 0;
      provider.getTracer('t').startSpan('s', { attributes: { number, text } }, ROOT_CONTEXT).end();
      const [span] = decodeReceivedSpans(JSON.parse(encodeTraceRequest(spans)));
      expect(span?.attributes).toEqual({ number: number + 0, text });
      expect(spans.every((ended) => estimateBytes(ended) >= text.length)).toBe(true);
    }),
  );
});

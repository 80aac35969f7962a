import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace as otel } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { startFakeService } from '../testing/fake-service.ts';
import { decodeReceivedSpans, type ReceivedSpan } from '../testing/received-span.ts';
import { type EndedSpan, estimateBytes } from './ended-span.ts';
import { type Outgoing, outgoingSpans } from './outgoing-span.ts';
import { createTraceSerializer } from './trace-serializer.ts';

const encode = createTraceSerializer();

function sent(spans: readonly EndedSpan[], form: Partial<Outgoing> = {}): ReceivedSpan[] {
  const body: unknown = JSON.parse(
    encode(outgoingSpans(spans, { resource: undefined, redact: true, ...form })),
  );
  return decodeReceivedSpans(body);
}

/** Spans as an application makes them. */
function makeSpans(make: (provider: TracerProvider) => void): ReadableSpan[] {
  const spans: ReadableSpan[] = [];
  const keep = { onStart: () => {}, forceFlush: async () => {}, shutdown: async () => {} };
  make(new TracerProvider({ spanProcessors: [{ ...keep, onEnd: (span) => void spans.push(span) }] }));
  return spans;
}

function someSpans(): ReadableSpan[] {
  return makeSpans((provider) => {
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
    root.end([1_763_600_003, 100_000_000]);
    provider.getTracer('other').startSpan('elsewhere', {}, ROOT_CONTEXT).end();
  });
}

it('sends of ordinary spans what the exporter sends of them by itself', async () => {
  const spans = someSpans();
  const service = await startFakeService();
  const exporter = new OTLPTraceExporter({ url: `${service.url}/v1/traces` });
  await new Promise<void>((resolve, reject) => {
    exporter.export(spans, (result) => (result.error === undefined ? resolve() : reject(result.error)));
  });
  await service.close();
  expect(sent(spans)).toEqual(service.spans);
  const child = sent(spans).find((span) => span.name === 'child');
  expect(child?.endUnixNano).toBe(1_763_600_002_000_000_000n);
  expect(child?.attributes['nested']).toEqual({ list: [{ deep: 'x' }], none: null });
});

it('replaces the resource where one is given', () => {
  const spans = sent(someSpans(), { resource: { attributes: { 'service.name': 'mine' } } });
  expect(spans.map((span) => span.resource)).toEqual([1, 2, 3].map(() => ({ 'service.name': 'mine' })));
});

it('takes secrets out of everything that an application writes into a span', () => {
  const secret = ['sk-', 'a1B2'.repeat(8)].join('');
  const context = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 };
  const [ordinary] = someSpans();
  if (ordinary === undefined) throw new Error('no span was made');
  const attributes = { [`key ${secret}`]: 1, text: `a ${secret}`, texts: ['b', secret], plain: 'c' };
  const nested = { deep: [{ value: secret }], clean: 1 };
  const span: EndedSpan = {
    ...ordinary,
    spanContext: () => context,
    name: secret,
    attributes: { ...attributes, nested },
    status: { code: 2, message: secret },
    events: [{ name: `e ${secret}`, time: [1, 0], attributes }],
    links: [{ context, attributes }],
    resource: { attributes },
  };
  const [clean] = sent([span]);
  const wanted = { 'key [redacted]': 1, text: 'a [redacted]', texts: ['b', '[redacted]'], plain: 'c' };
  expect(clean).toMatchObject({
    name: '[redacted]',
    attributes: { ...wanted, nested: { deep: [{ value: '[redacted]' }], clean: 1 } },
    statusMessage: '[redacted]',
    events: [{ name: 'e [redacted]', attributes: wanted }],
    resource: wanted,
  });
  expect(JSON.stringify(encode(outgoingSpans([span], { resource: undefined, redact: true })))).not.toContain(
    secret,
  );
  expect(sent([span], { redact: false })[0]?.attributes['text']).toBe(`a ${secret}`);
});

it('reads spans of the 1.x generation', () => {
  const span: EndedSpan = {
    name: 'old',
    kind: 0,
    spanContext: () => ({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }),
    parentSpanId: '3'.repeat(16),
    startTime: [1, 0],
    endTime: [2, 0],
    status: { code: 0 },
    attributes: {},
    links: [],
    events: [],
    resource: { attributes: { 'service.name': 'host' } },
    instrumentationLibrary: { name: 'lib', version: '1' },
  };
  expect(sent([span])).toMatchObject([{ parentSpanId: '3'.repeat(16), scope: 'lib' }]);
});

it('carries every number, as text where the protocol has no number for it', () => {
  fc.assert(
    fc.property(fc.double(), fc.string(), (number, text) => {
      const spans = makeSpans((provider) => {
        provider.getTracer('t').startSpan('s', { attributes: { number, text } }, ROOT_CONTEXT).end();
      });
      const [span] = sent(spans, { redact: false });
      const got = span?.attributes['number'];
      expect(Number(got)).toBe(number + 0);
      expect(typeof got).toBe(Number.isFinite(number) && Math.abs(number) < 2 ** 63 ? 'number' : 'string');
      expect(span?.attributes['text']).toBe(text);
      expect(spans.every((ended) => estimateBytes(ended) >= text.length)).toBe(true);
    }),
  );
});

import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { SentRequest } from './ledger.ts';

const TEXT = 'What the step was given, long enough to be worth keeping. '.repeat(10);

/** The request in protobuf, by OpenTelemetry's own serialiser. The same request gives the same bytes. */
export function protobufBody({ traceId, spanIds, startMs }: SentRequest): Uint8Array {
  const resource = resourceFromAttributes({ 'service.name': 'faults' });
  const body = ProtobufTraceSerializer.serializeRequest(
    spanIds.map((spanId) => ({
      name: 'step',
      kind: SpanKind.INTERNAL,
      spanContext: () => ({ traceId, spanId, traceFlags: TraceFlags.SAMPLED }),
      startTime: hrTime(startMs),
      endTime: hrTime(startMs + 5),
      ended: true,
      duration: hrTime(5),
      status: { code: SpanStatusCode.OK },
      attributes: { 'input.value': `${spanId} ${TEXT}` },
      links: [],
      events: [],
      resource,
      instrumentationScope: { name: 'faults' },
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    })),
  );
  if (body === undefined) throw new Error('the serialiser returned nothing');
  return body;
}

function hrTime(ms: number): [number, number] {
  return [Math.floor(ms / 1_000), (ms % 1_000) * 1_000_000];
}

/** The same in JSON. */
export function jsonBody({ traceId, spanIds, startMs }: SentRequest): string {
  const start = BigInt(startMs) * 1_000_000n;
  const spans = spanIds.map((spanId) => ({
    traceId,
    spanId,
    name: 'step',
    kind: 1,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 5_000_000n),
    status: { code: 1 },
    attributes: [{ key: 'input.value', value: { stringValue: `${spanId} ${TEXT}` } }],
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'faults' } }] };
  return JSON.stringify({
    resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'faults' }, spans }] }],
  });
}

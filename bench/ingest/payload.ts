import { createHash } from 'node:crypto';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { SpanKind, SpanStatusCode, TraceFlags, type Attributes } from '@opentelemetry/api';

/** Spans per request, as a batching exporter sends them. */
export const SPANS_PER_REQUEST = 512;

/** One kind of span to load with: `genai` = 2 kB of messages and token counts, `small` = a plain HTTP span. */
export type SpanShape = 'genai' | 'small';

const SENTENCE = 'The quarterly report lists orders by customer, region and month, without cancelled ones. ';

/** The attributes of one span; the text differs per span, so that compression meets real entropy. */
export function attributesOf(shape: SpanShape, index: number): Attributes {
  if (shape === 'small') {
    return {
      'http.request.method': 'GET',
      'url.path': `/orders/${index % 997}`,
      'http.response.status_code': 200,
    };
  }
  const noise = createHash('sha512').update(String(index)).digest('base64');
  const question = `${noise} ${SENTENCE.repeat(8)}`;
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-bench',
    'gen_ai.response.model': 'gpt-bench-2026',
    'gen_ai.response.id': `resp-${index}`,
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.usage.input_tokens': 400 + (index % 100),
    'gen_ai.usage.output_tokens': 80 + (index % 20),
    'gen_ai.conversation.id': `conversation-${index % 50}`,
    'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: question }] }]),
    'gen_ai.output.messages': JSON.stringify([
      {
        role: 'assistant',
        parts: [{ type: 'text', content: `${noise.slice(0, 40)} ${SENTENCE.repeat(9)}` }],
      },
    ]),
  };
}

export function traceIdOf(request: number): string {
  return createHash('sha256').update(`trace ${request}`).digest('hex').slice(0, 32);
}

export function spanIdOf(index: number): string {
  return (index + 1).toString(16).padStart(16, '0');
}

/** Body of one export request, OTLP protobuf, encoded by OpenTelemetry's own serialiser. Bodies differ in ids, times and texts. */
export function requestBody(shape: SpanShape, request: number, startMs: number): Uint8Array {
  const resource = resourceFromAttributes({ 'service.name': 'bench' });
  const traceId = traceIdOf(request);
  const spans = Array.from({ length: SPANS_PER_REQUEST }, (_, offset) => {
    const index = request * SPANS_PER_REQUEST + offset;
    const attributes = attributesOf(shape, index);
    const at = startMs + (index % 60_000);
    return {
      name: shape === 'genai' ? 'chat gpt-bench' : 'GET /orders',
      kind: shape === 'genai' ? SpanKind.CLIENT : SpanKind.SERVER,
      spanContext: () => ({ traceId, spanId: spanIdOf(index), traceFlags: TraceFlags.SAMPLED }),
      startTime: hrTime(at),
      endTime: hrTime(at + 250),
      ended: true,
      duration: hrTime(250),
      status: { code: SpanStatusCode.OK },
      attributes,
      links: [],
      events: [],
      resource,
      instrumentationScope: { name: 'bench', version: '1' },
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    };
  });
  const body = ProtobufTraceSerializer.serializeRequest(spans);
  if (body === undefined) throw new Error('the serialiser returned nothing');
  return body;
}

function hrTime(ms: number): [number, number] {
  return [Math.floor(ms / 1_000), (ms % 1_000) * 1_000_000];
}

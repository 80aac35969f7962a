import { createHash } from 'node:crypto';
import { Language } from '../language.ts';
import {
  JsonLogsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { SpanKind, SpanStatusCode, TraceFlags, type Attributes, type SpanContext } from '@opentelemetry/api';

/** Spans or log records per request, as a batching exporter sends them. */
export const SPANS_PER_REQUEST = 512;

/**
 * One kind of span to load with: `genai` = 2 kB of messages and token counts, mostly the same sentence; `prose` = the same with
 * texts that compress as people's do; `small` = a plain HTTP span.
 */
export type SpanShape = 'genai' | 'prose' | 'small';

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
  const { question, answer } = shape === 'prose' ? prose(index) : repeated(index);
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-bench',
    'gen_ai.response.model': 'gpt-bench-2026',
    'gen_ai.response.id': `resp-${index}`,
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.usage.input_tokens': 400 + (index % 100),
    'gen_ai.usage.output_tokens': 80 + (index % 20),
    'gen_ai.conversation.id': `conversation-${Math.floor(index / 8) % 50}`,
    'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: question }] }]),
    'gen_ai.output.messages': JSON.stringify([
      {
        role: 'assistant',
        parts: [{ type: 'text', content: answer }],
      },
    ]),
  };
}

interface Exchange {
  readonly question: string;
  readonly answer: string;
}

function repeated(index: number): Exchange {
  const noise = createHash('sha512').update(String(index)).digest('base64');
  return {
    question: `${noise} ${SENTENCE.repeat(8)}`,
    answer: `${noise.slice(0, 40)} ${SENTENCE.repeat(9)}`,
  };
}

/** Texts of 800 bytes: so many that few come twice within what is compressed together. */
const TEXTS = 8_192;
const TEXT_BYTES = 800;
/** No common factor with the number of texts: neighbours get different ones, and each pair comes once in a long while. */
const STRIDE = 4_801;
let texts: readonly string[] = [];

function prose(index: number): Exchange {
  if (texts.length === 0) {
    const language = new Language('prose');
    texts = Array.from({ length: TEXTS }, () => language.text(TEXT_BYTES));
  }
  const text = (of: number): string => texts[of % TEXTS] ?? '';
  return {
    question: text(index * STRIDE),
    answer: text(index * STRIDE + 1 + Math.floor(index / TEXTS)),
  };
}

export function traceIdOf(request: number): string {
  return createHash('sha256').update(`trace ${request}`).digest('hex').slice(0, 32);
}

export function spanIdOf(index: number): string {
  return (index + 1).toString(16).padStart(16, '0');
}

/** What a load consists of: one kind of span, or GenAI content as log records of 1 kB. */
export type LoadShape = SpanShape | 'log';
export type Encoding = 'protobuf' | 'json';

export function isLoadShape(text: string): text is LoadShape {
  return text === 'log' || isSpanShape(text);
}

export function isSpanShape(text: string): text is SpanShape {
  return text === 'genai' || text === 'prose' || text === 'small';
}

/** Where an export request with this load is posted. */
export function pathOf(shape: LoadShape): '/v1/traces' | '/v1/logs' {
  return shape === 'log' ? '/v1/logs' : '/v1/traces';
}

/** Body of one export request, encoded by OpenTelemetry's own serialisers. Bodies differ in ids, times and texts. */
export function requestBody(
  shape: LoadShape,
  request: number,
  startMs: number,
  encoding: Encoding = 'protobuf',
): Uint8Array {
  if (shape === 'log') {
    const serializer = encoding === 'json' ? JsonLogsSerializer : ProtobufLogsSerializer;
    return encoded(serializer.serializeRequest(logRecords(request, startMs)));
  }
  const count = SPANS_PER_REQUEST;
  return spansBody(shape, { first: request * count, count, perTrace: count, startMs }, encoding);
}

function encoded(body: Uint8Array | undefined): Uint8Array {
  if (body === undefined) throw new Error('the serialiser returned nothing');
  return body;
}

const RESOURCE: Resource = resourceFromAttributes({ 'service.name': 'bench' });
const SCOPE = { name: 'bench', version: '1' };
const SPAN_MS = 250;

/** Spans numbered from `first`, so many to a trace: one root and the others below it. Times lie within a minute of `startMs`. */
export function spansBody(
  shape: SpanShape,
  { first, count, perTrace, startMs }: SpanRange,
  encoding: Encoding = 'protobuf',
): Uint8Array {
  const serializer = encoding === 'json' ? JsonTraceSerializer : ProtobufTraceSerializer;
  const spans = Array.from({ length: count }, (_, offset) =>
    spanOf(shape, first + offset, perTrace, startMs),
  );
  return encoded(serializer.serializeRequest(spans));
}

export interface SpanRange {
  readonly first: number;
  readonly count: number;
  readonly perTrace: number;
  /** Epoch ms. */
  readonly startMs: number;
}

function spanOf(shape: SpanShape, index: number, perTrace: number, startMs: number): ReadableSpan {
  const traceId = traceIdOf(Math.floor(index / perTrace));
  const root = index - (index % perTrace);
  const context = (of: number): SpanContext => ({
    traceId,
    spanId: spanIdOf(of),
    traceFlags: TraceFlags.SAMPLED,
  });
  const at = startMs + (index % 60_000);
  return {
    name: shape === 'small' ? 'GET /orders' : 'chat gpt-bench',
    kind: shape === 'small' ? SpanKind.SERVER : SpanKind.CLIENT,
    spanContext: () => context(index),
    ...(root === index ? {} : { parentSpanContext: context(root) }),
    startTime: hrTime(at),
    endTime: hrTime(at + SPAN_MS),
    ended: true,
    duration: hrTime(SPAN_MS),
    status: { code: SpanStatusCode.OK },
    attributes: attributesOf(shape, index),
    links: [],
    events: [],
    resource: RESOURCE,
    instrumentationScope: SCOPE,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** The content of a model call as GenAI instrumentations log it beside their spans. */
function logRecords(request: number, startMs: number): ReadableLogRecord[] {
  const traceId = traceIdOf(request);
  return Array.from({ length: SPANS_PER_REQUEST }, (_, offset) => {
    const index = request * SPANS_PER_REQUEST + offset;
    const at = hrTime(startMs + (index % 60_000));
    const noise = createHash('sha512').update(String(index)).digest('base64');
    const content = `${noise} ${SENTENCE.repeat(7)}`;
    return {
      hrTime: at,
      hrTimeObserved: at,
      spanContext: { traceId, spanId: spanIdOf(index), traceFlags: TraceFlags.SAMPLED },
      severityNumber: 9,
      severityText: 'INFO',
      eventName: 'gen_ai.client.inference.operation.details',
      body: undefined,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'gpt-bench',
        'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content }] }]),
      },
      resource: RESOURCE,
      instrumentationScope: SCOPE,
      droppedAttributesCount: 0,
    };
  });
}

function hrTime(ms: number): [number, number] {
  return [Math.floor(ms / 1_000), (ms % 1_000) * 1_000_000];
}

import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { loadOptions, sendWhenTold } from './load-options.ts';
import { attributesOf, isSpanShape, requestBody, SPANS_PER_REQUEST } from './payload.ts';

/** Spans that are ended before the processor is asked to export what it has: its queue holds 2 048 by default. */
const SPANS_AT_A_TIME = 2_048;
const SPANS_PER_TRACE = 8;
/** Applications beside each other, each with a provider of its own as if it were a process. */
const APPLICATIONS = 4;

/** OpenTelemetry's own SDK as the sender: spans are made, batched (512) and exported by it. */
const { url, shape, requests, first: firstRequest, gzip } = loadOptions();
if (!isSpanShape(shape))
  throw new Error(`this sender makes spans: expected genai, prose or small, got ${shape}`);
const spanShape = shape;
const spans = (requests * SPANS_PER_REQUEST) / APPLICATIONS;
const providers = Array.from(
  { length: APPLICATIONS },
  () =>
    new TracerProvider({
      resource: resourceFromAttributes({ 'service.name': 'bench' }),
      spanProcessors: [
        new BatchSpanProcessor({
          exporter: new OTLPTraceExporter({
            url: `${url}/v1/traces`,
            compression: gzip ? CompressionAlgorithm.GZIP : CompressionAlgorithm.NONE,
          }),
        }),
      ],
    }),
);
const perItem = requestBody(shape, 0, Date.now()).byteLength / SPANS_PER_REQUEST;
sendWhenTold(perItem, async () => {
  await Promise.all(
    providers.map((provider, application) =>
      run(provider, firstRequest * SPANS_PER_REQUEST + application * spans),
    ),
  );
});

async function run(provider: TracerProvider, first: number): Promise<void> {
  const tracer = provider.getTracer('bench', '1');
  for (let from = 0; from < spans; from += SPANS_AT_A_TIME) {
    const to = Math.min(spans, from + SPANS_AT_A_TIME);
    for (let index = first + from; index < first + to; index += SPANS_PER_TRACE) makeTrace(tracer, index);
    await provider.forceFlush();
  }
  await provider.shutdown();
}

/** One span with the others below it. */
function makeTrace(tracer: Tracer, first: number): void {
  const root = makeSpan(tracer, first, ROOT_CONTEXT);
  const below = trace.setSpan(ROOT_CONTEXT, root);
  for (let index = first + 1; index < first + SPANS_PER_TRACE; index += 1)
    makeSpan(tracer, index, below).end();
  root.end();
}

function makeSpan(tracer: Tracer, index: number, parent: Context): Span {
  const small = shape === 'small';
  const span = tracer.startSpan(
    small ? 'GET /orders' : 'chat gpt-bench',
    {
      kind: small ? SpanKind.SERVER : SpanKind.CLIENT,
      attributes: attributesOf(spanShape, index),
    },
    parent,
  );
  return span.setStatus({ code: SpanStatusCode.OK });
}

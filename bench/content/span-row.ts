import { SPANS, type Row, type RowValue } from '@tracelore/collector/store';
import type { ConversationSpan } from './conversation.ts';

const NANOS_PER_MS = 1_000_000n;

/** The content of a span as a variant keeps it. */
export interface Content {
  readonly input: RowValue;
  readonly output: RowValue;
  readonly system: RowValue;
  readonly tools: RowValue;
  /** Attributes with content, beside the others. */
  readonly attributes: readonly (readonly [string, string])[];
  /** Attributes that are a whole content column, and which. */
  readonly types: ReadonlyMap<string, string>;
}

/** Messages of a model call as one JSON text; the input of other spans as it is. */
export function inputText(span: ConversationSpan): string {
  return span.kind === 'llm' ? `[${span.history.join(',')}]` : span.input;
}

export function outputText(span: ConversationSpan): string {
  return span.kind === 'llm' ? `[${span.output}]` : span.output;
}

const MODEL_CALL: ReadonlyMap<string, string> = new Map([
  ['gen_ai.input.messages', '=input'],
  ['gen_ai.output.messages', '=output'],
  ['gen_ai.system_instructions', '=system_instructions'],
  ['gen_ai.tool.definitions', '=tool_definitions'],
]);
const TOOL_CALL: ReadonlyMap<string, string> = new Map([
  ['gen_ai.tool.call.arguments', '=input'],
  ['gen_ai.tool.call.result', '=output'],
]);

/** The columns in which the content attributes stand, by the names they were sent under. */
export function contentTypes(span: ConversationSpan): ReadonlyMap<string, string> {
  return span.kind === 'tool' ? TOOL_CALL : MODEL_CALL;
}

/** The content attributes as they were sent. */
export function contentAttributes(span: ConversationSpan): [string, string][] {
  const texts: Readonly<Record<string, string>> = {
    '=input': inputText(span),
    '=output': outputText(span),
    '=system_instructions': span.system,
    '=tool_definitions': span.tools,
  };
  return [...contentTypes(span)].map(([name, column]) => [name, texts[column] ?? '']);
}

/** A span as a row of `spans`, every column of the table as it is now. */
export function spanRow(span: ConversationSpan, project: string, content: Content): Row {
  const model = span.kind === 'llm' ? 'model-1' : '';
  const tokens = span.kind === 'llm' ? 10 * span.history.length : null;
  const attributes = new Map([
    ['gen_ai.operation.name', operationOf(span)],
    ['gen_ai.conversation.id', span.conversation],
    ...(span.kind === 'llm'
      ? ([
          ['gen_ai.provider.name', 'openai'],
          ['gen_ai.request.model', model],
          ['gen_ai.response.id', `resp_${span.spanId}`],
          ['gen_ai.usage.input_tokens', String(tokens)],
          ['gen_ai.usage.output_tokens', '100'],
        ] as const)
      : []),
    ...content.attributes,
  ]);
  return {
    ...EMPTY,
    project,
    trace_id: span.traceId,
    span_id: span.spanId,
    parent_span_id: span.parentSpanId,
    run_id: span.traceId,
    name: `${operationOf(span)} ${model || span.agent}`,
    kind: span.kind,
    otel_kind: 'Internal',
    service: 'assistant',
    start_time: BigInt(span.startMs) * NANOS_PER_MS,
    duration_ns: BigInt(span.durationMs) * NANOS_PER_MS,
    status: 'Ok',
    operation: operationOf(span),
    provider: model === '' ? '' : 'openai',
    request_model: model,
    response_model: model,
    response_id: model === '' ? '' : `resp_${span.spanId}`,
    agent: span.agent,
    conversation_id: span.conversation,
    input_tokens: tokens,
    output_tokens: tokens === null ? null : 100,
    received_at: span.startMs + span.durationMs,
    attribute_values: attributes,
    attribute_types: content.types,
    input: content.input,
    output: content.output,
    system_instructions: content.system,
    tool_definitions: content.tools,
  };
}

function operationOf(span: ConversationSpan): string {
  return { agent: 'invoke_agent', llm: 'chat', tool: 'execute_tool' }[span.kind];
}

/** Columns that the benchmark does not fill. */
const EMPTY: Row = Object.fromEntries(
  Object.entries(SPANS.columns).map(([name, type]) => [name, emptyValue(type)]),
);

function emptyValue(type: string): RowValue {
  const inner = /^LowCardinality\((.+)\)$/.exec(type)?.[1] ?? type;
  if (inner.startsWith('Nullable')) return null;
  if (inner.startsWith('Array')) return [];
  if (inner.startsWith('Map')) return new Map();
  if (inner === 'Bool') return false;
  return inner.includes('String') ? '' : 0;
}

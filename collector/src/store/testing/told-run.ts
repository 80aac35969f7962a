import type { AttributeValue } from '../../records.ts';
import { normalized, START_NS } from '../../testing/span-of.ts';
import type { TreeSpan } from '../run-tree.ts';

/** A span of a run as a framework tells it. */
export interface Told {
  readonly id: string;
  readonly in?: string;
  readonly name?: string;
  readonly scope: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** Milliseconds after the run began. */
  readonly from?: number;
  readonly to?: number;
}

const MS = 1_000_000n;

export function treeSpan({
  id,
  in: parent = '',
  name = id,
  scope,
  attributes,
  from = 0,
  to = 100,
}: Told): TreeSpan {
  const startUnixNano = START_NS + BigInt(from) * MS;
  const { span } = normalized(attributes, {
    name,
    scope,
    spanId: id,
    parentSpanId: parent,
    startUnixNano,
    endUnixNano: START_NS + BigInt(to) * MS,
  });
  return {
    run_id: span.runId,
    trace_id: span.traceId,
    span_id: id,
    parent_span_id: parent,
    kind: span.kind,
    operation: span.operation,
    scope_name: span.scopeName,
    start: String(span.startUnixNano),
    duration: String(span.durationNano),
    status: span.status,
    request_model: span.requestModel,
    response_model: span.responseModel,
    response_id: span.responseId,
    input_tokens: span.inputTokens,
    output_tokens: span.outputTokens,
    cost: span.costNanoUsd === null ? null : span.costNanoUsd / 1e9,
    cost_source: span.costSource,
    flags: 0,
  };
}

/** GPT-4o: 2.5 and 10 USD per million tokens. */
export const MODEL = 'gpt-4o';
export const CALL_NANO_USD: number = 11 * 2_500 + 7 * 10_000;

export function genAi(
  operation: string,
  input: number,
  output: number,
  more: Readonly<Record<string, AttributeValue>> = {},
): Readonly<Record<string, AttributeValue>> {
  return {
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': MODEL,
    'gen_ai.usage.input_tokens': BigInt(input),
    'gen_ai.usage.output_tokens': BigInt(output),
    ...more,
  };
}

export function aiSdk(
  operationId: string,
  input: number,
  output: number,
): Readonly<Record<string, AttributeValue>> {
  return {
    'ai.operationId': operationId,
    'ai.model.id': MODEL,
    'ai.model.provider': 'openai.chat',
    'ai.usage.promptTokens': BigInt(input),
    'ai.usage.completionTokens': BigInt(output),
  };
}

export function openInference(
  kind: string,
  input: number,
  output: number,
): Readonly<Record<string, AttributeValue>> {
  return {
    'openinference.span.kind': kind,
    'llm.model_name': MODEL,
    'llm.token_count.prompt': BigInt(input),
    'llm.token_count.completion': BigInt(output),
  };
}

export const TOOL: Readonly<Record<string, AttributeValue>> = {
  'gen_ai.operation.name': 'execute_tool',
  'gen_ai.tool.name': 'ask',
};

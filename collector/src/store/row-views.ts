import type { OutcomeSource } from '@tracelore/sdk/contract';
import type { RunState, RunSummary, SpanView, StoredOutcome } from './store.ts';
import { toIso, toMs } from './time-text.ts';

/** A row of `runs` as the driver returns it: 64-bit integers as strings. */
export interface RunRow {
  readonly project: string;
  readonly run_id: string;
  readonly trace_id: string;
  readonly root_span_id: string;
  readonly trial_id: string;
  readonly name: string;
  readonly agent: string;
  readonly service: string;
  readonly environment: string;
  readonly state: RunState;
  readonly status: string;
  readonly error_type: string;
  readonly start_time: string;
  readonly duration_ns: string;
  readonly spans: number;
  readonly errors: number;
  readonly model_calls: number;
  readonly tool_calls: number;
  readonly models: readonly string[];
  readonly input_tokens: string | null;
  readonly output_tokens: string | null;
  readonly cost: number | null;
  readonly model_costs: Readonly<Record<string, number>>;
  readonly unpriced_calls: number;
  readonly conversation_id: string;
  readonly session_id: string;
  readonly user_id: string;
  readonly tags: readonly string[];
  readonly fingerprint: string;
  readonly knowledge_snapshot: string | null;
  readonly knowledge_arm: string;
  readonly knowledge_items: readonly string[];
  readonly outcome_source: OutcomeSource | '';
  readonly outcome_score: number | null;
  readonly outcome_passed: boolean | null;
  readonly outcome_comment: string;
}

export function runSummary(row: RunRow): RunSummary {
  return {
    project: row.project,
    runId: row.run_id,
    traceId: row.trace_id,
    rootSpanId: row.root_span_id,
    trialId: row.trial_id,
    name: row.name,
    agent: row.agent,
    service: row.service,
    environment: row.environment,
    state: row.state,
    status: row.status,
    errorType: row.error_type,
    startTime: toIso(row.start_time),
    durationMs: toMs(row.duration_ns),
    spans: row.spans,
    errors: row.errors,
    modelCalls: row.model_calls,
    toolCalls: row.tool_calls,
    models: row.models,
    inputTokens: integer(row.input_tokens),
    outputTokens: integer(row.output_tokens),
    cost: row.cost,
    modelCosts: row.model_costs,
    unpricedCalls: row.unpriced_calls,
    conversationId: row.conversation_id,
    sessionId: row.session_id,
    userId: row.user_id,
    tags: row.tags,
    fingerprint: row.fingerprint,
    knowledgeSnapshot: integer(row.knowledge_snapshot),
    knowledgeArm: row.knowledge_arm,
    knowledgeItems: row.knowledge_items,
    outcome: outcomeOf(row),
  };
}

function outcomeOf(row: RunRow): StoredOutcome | null {
  if (row.outcome_source === '') return null;
  return {
    source: row.outcome_source,
    score: row.outcome_score,
    passed: row.outcome_passed,
    comment: row.outcome_comment,
  };
}

/** A row of `spans` with content as the driver returns it. */
export interface SpanRow {
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id: string;
  readonly run_id: string;
  readonly name: string;
  readonly kind: string;
  readonly operation: string;
  readonly start_time: string;
  readonly duration_ns: string;
  readonly status: string;
  readonly status_message: string;
  readonly error_type: string;
  readonly provider: string;
  readonly request_model: string;
  readonly response_model: string;
  readonly agent: string;
  readonly tool: string;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cache_read_tokens: number | null;
  readonly cache_write_tokens: number | null;
  readonly reasoning_tokens: number | null;
  readonly cost: number | null;
  readonly cost_source: string;
  readonly input_text: string;
  readonly output_text: string;
  readonly instructions_text: string;
  readonly knowledge_decision: string;
  readonly knowledge_snapshot: string | null;
  readonly knowledge_arm: string;
  readonly knowledge_items: readonly string[];
  readonly definitions_text: string;
  readonly attribute_texts: Readonly<Record<string, string>>;
  readonly attribute_types: Readonly<Record<string, string>>;
  readonly event_names: readonly string[];
  readonly event_times: readonly string[];
  readonly event_attributes: readonly Readonly<Record<string, string>>[];
}

export function spanView(row: SpanRow): SpanView {
  return {
    traceId: row.trace_id,
    spanId: row.span_id,
    parentSpanId: row.parent_span_id,
    runId: row.run_id,
    name: row.name,
    kind: row.kind,
    operation: row.operation,
    startTime: toIso(row.start_time),
    durationMs: toMs(row.duration_ns),
    status: row.status,
    statusMessage: row.status_message,
    errorType: row.error_type,
    provider: row.provider,
    requestModel: row.request_model,
    responseModel: row.response_model,
    agent: row.agent,
    tool: row.tool,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    cacheReadTokens: row.cache_read_tokens,
    cacheWriteTokens: row.cache_write_tokens,
    reasoningTokens: row.reasoning_tokens,
    cost: row.cost,
    costSource: row.cost_source,
    input: row.input_text,
    output: row.output_text,
    systemInstructions: row.instructions_text,
    knowledgeDecision: row.knowledge_decision,
    knowledgeSnapshot: integer(row.knowledge_snapshot),
    knowledgeArm: row.knowledge_arm,
    knowledgeItems: row.knowledge_items,
    attributes: wholeAttributes(row),
    events: row.event_names.map((name, index) => ({
      name,
      time: toIso(row.event_times[index] ?? ''),
      attributes: row.event_attributes[index] ?? {},
    })),
  };
}

/** Attributes as they were sent: texts that stand in a content column are taken from there. */
function wholeAttributes(row: SpanRow): Readonly<Record<string, string>> {
  const contents: Readonly<Record<string, string>> = {
    '=input': row.input_text,
    '=output': row.output_text,
    '=system_instructions': row.instructions_text,
    '=tool_definitions': row.definitions_text,
  };
  const entries = Object.entries(row.attribute_texts).map(([name, text]) => {
    const type = row.attribute_types[name];
    return [name, (type === undefined ? undefined : contents[type]) ?? text] as const;
  });
  return Object.fromEntries(entries);
}

function integer(text: string | null): number | null {
  return text === null ? null : Number(text);
}

import type { LogRecord, OutcomeRecord, SpanRecord } from '../records.ts';
import type { Columns } from './encode-rows.ts';
import type { RowValue } from './row-codec.ts';

const TOKENS_MAX = 0xffff_ffff;

/** Token counts beyond 32 bits are a sender's mistake; the column keeps its largest value. */
export function tokens(count: number | null): number | null {
  return count === null ? null : Math.min(Math.max(Math.trunc(count), 0), TOKENS_MAX);
}

const NONE: readonly never[] = [];

/** Nearly all spans have none, and an array for each would be seven per span. */
function each<Item>(items: readonly Item[], valueOf: (item: Item) => RowValue): readonly RowValue[] {
  return items.length === 0 ? NONE : items.map(valueOf);
}

/** A span as a row of `spans`. */
export const SPAN_COLUMNS: Columns<SpanRecord> = {
  project: (span) => span.project,
  trace_id: (span) => span.traceId,
  span_id: (span) => span.spanId,
  parent_span_id: (span) => span.parentSpanId,
  run_id: (span) => span.runId,
  trial_id: (span) => span.trialId,
  name: (span) => span.name,
  kind: (span) => span.kind,
  otel_kind: (span) => span.otelKind,
  service: (span) => span.service,
  environment: (span) => span.environment,
  scope_name: (span) => span.scopeName,
  scope_version: (span) => span.scopeVersion,
  start_time: (span) => span.startUnixNano,
  duration_ns: (span) => span.durationNano,
  status: (span) => span.status,
  status_message: (span) => span.statusMessage,
  error_type: (span) => span.errorType,
  operation: (span) => span.operation,
  provider: (span) => span.provider,
  request_model: (span) => span.requestModel,
  response_model: (span) => span.responseModel,
  response_id: (span) => span.responseId,
  finish_reasons: (span) => span.finishReasons,
  agent: (span) => span.agent,
  tool: (span) => span.tool,
  tool_call_id: (span) => span.toolCallId,
  conversation_id: (span) => span.conversationId,
  session_id: (span) => span.sessionId,
  user_id: (span) => span.userId,
  tags: (span) => span.tags,
  input_tokens: (span) => tokens(span.inputTokens),
  output_tokens: (span) => tokens(span.outputTokens),
  cache_read_tokens: (span) => tokens(span.cacheReadTokens),
  cache_write_tokens: (span) => tokens(span.cacheWriteTokens),
  reasoning_tokens: (span) => tokens(span.reasoningTokens),
  time_to_first_chunk: (span) => span.timeToFirstChunk,
  cost: (span) => span.costNanoUsd,
  cost_source: (span) => span.costSource,
  knowledge_decision: (span) => span.knowledgeDecision,
  knowledge_snapshot: (span) => span.knowledgeSnapshot,
  knowledge_arm: (span) => span.knowledgeArm,
  knowledge_items: (span) => span.knowledgeItems,
  fingerprint: (span) => span.fingerprint,
  trace_state: (span) => span.traceState,
  flags: (span) => span.flags,
  dialect: (span) => span.dialect,
  mapping_version: (span) => span.mappingVersion,
  received_at: (span) => span.receivedAtMs,
  warnings: (span) => span.warnings,
  input: (span) => span.input,
  output: (span) => span.output,
  system_instructions: (span) => span.systemInstructions,
  tool_definitions: (span) => span.toolDefinitions,
  attribute_values: (span) => span.attributes,
  attribute_types: (span) => span.attributeTypes,
  resource_attributes: (span) => span.resourceAttributes,
  scope_attributes: (span) => span.scopeAttributes,
  'events.time': (span) => each(span.events, (event) => event.timeUnixNano),
  'events.name': (span) => each(span.events, (event) => event.name),
  'events.attributes': (span) => each(span.events, (event) => event.attributes),
  'links.trace_id': (span) => each(span.links, (link) => link.traceId),
  'links.span_id': (span) => each(span.links, (link) => link.spanId),
  'links.trace_state': (span) => each(span.links, (link) => link.traceState),
  'links.attributes': (span) => each(span.links, (link) => link.attributes),
};

/** A log record as a row of `logs`. */
export const LOG_COLUMNS: Columns<LogRecord> = {
  project: (log) => log.project,
  time: (log) => log.timeUnixNano,
  trace_id: (log) => log.traceId,
  span_id: (log) => log.spanId,
  flags: (log) => log.flags,
  severity_number: (log) => log.severityNumber,
  severity_text: (log) => log.severityText,
  service: (log) => log.service,
  event_name: (log) => log.eventName,
  body: (log) => log.body,
  scope_name: (log) => log.scopeName,
  scope_version: (log) => log.scopeVersion,
  attributes: (log) => log.attributes,
  resource_attributes: (log) => log.resourceAttributes,
  scope_attributes: (log) => log.scopeAttributes,
  received_at: (log) => log.receivedAtMs,
};

/** An outcome as a row of `outcomes`. */
export const OUTCOME_COLUMNS: Columns<OutcomeRecord> = {
  project: (outcome) => outcome.project,
  run_id: (outcome) => outcome.runId,
  outcome_id: (outcome) => outcome.outcomeId,
  trace_id: (outcome) => outcome.traceId,
  span_id: (outcome) => outcome.spanId,
  name: (outcome) => outcome.name,
  source: (outcome) => outcome.source,
  score: (outcome) => outcome.score,
  passed: (outcome) => outcome.passed,
  comment: (outcome) => outcome.comment,
  time: (outcome) => outcome.timeUnixNano,
  received_at: (outcome) => outcome.receivedAtMs,
};

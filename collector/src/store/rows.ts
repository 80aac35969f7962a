import type { LogRecord, OutcomeRecord, SpanRecord } from '../records.ts';
import type { Row } from './encode-rows.ts';

/** Token counts beyond 32 bits are a sender's mistake; the column keeps its largest value. */
const TOKENS_MAX = 0xffff_ffff;

function tokens(count: number | null): number | null {
  return count === null ? null : Math.min(Math.max(Math.trunc(count), 0), TOKENS_MAX);
}

/** A span as a row of `spans`. */
export function spanRow(span: SpanRecord): Row {
  return {
    project: span.project,
    trace_id: span.traceId,
    span_id: span.spanId,
    parent_span_id: span.parentSpanId,
    run_id: span.runId,
    trial_id: span.trialId,
    name: span.name,
    kind: span.kind,
    otel_kind: span.otelKind,
    service: span.service,
    environment: span.environment,
    scope_name: span.scopeName,
    scope_version: span.scopeVersion,
    start_time: span.startUnixNano,
    duration_ns: span.durationNano,
    status: span.status,
    status_message: span.statusMessage,
    error_type: span.errorType,
    operation: span.operation,
    provider: span.provider,
    request_model: span.requestModel,
    response_model: span.responseModel,
    response_id: span.responseId,
    finish_reasons: span.finishReasons,
    agent: span.agent,
    tool: span.tool,
    tool_call_id: span.toolCallId,
    conversation_id: span.conversationId,
    session_id: span.sessionId,
    user_id: span.userId,
    tags: span.tags,
    input_tokens: tokens(span.inputTokens),
    output_tokens: tokens(span.outputTokens),
    cache_read_tokens: tokens(span.cacheReadTokens),
    cache_write_tokens: tokens(span.cacheWriteTokens),
    reasoning_tokens: tokens(span.reasoningTokens),
    time_to_first_chunk: span.timeToFirstChunk,
    knowledge_decision: span.knowledgeDecision,
    knowledge_snapshot: span.knowledgeSnapshot,
    knowledge_arm: span.knowledgeArm,
    knowledge_items: span.knowledgeItems,
    fingerprint: span.fingerprint,
    trace_state: span.traceState,
    flags: span.flags,
    dialect: span.dialect,
    mapping_version: span.mappingVersion,
    received_at: span.receivedAtMs,
    warnings: span.warnings,
    input: span.input,
    output: span.output,
    system_instructions: span.systemInstructions,
    tool_definitions: span.toolDefinitions,
    attributes: span.attributes,
    attribute_types: span.attributeTypes,
    resource_attributes: span.resourceAttributes,
    'events.time': span.events.map((event) => event.timeUnixNano),
    'events.name': span.events.map((event) => event.name),
    'events.attributes': span.events.map((event) => event.attributes),
    'links.trace_id': span.links.map((link) => link.traceId),
    'links.span_id': span.links.map((link) => link.spanId),
    'links.trace_state': span.links.map((link) => link.traceState),
    'links.attributes': span.links.map((link) => link.attributes),
  };
}

/** A log record as a row of `logs`. */
export function logRow(log: LogRecord): Row {
  return {
    project: log.project,
    time: log.timeUnixNano,
    trace_id: log.traceId,
    span_id: log.spanId,
    flags: log.flags,
    severity_number: log.severityNumber,
    severity_text: log.severityText,
    service: log.service,
    event_name: log.eventName,
    body: log.body,
    scope_name: log.scopeName,
    scope_version: log.scopeVersion,
    attributes: log.attributes,
    resource_attributes: log.resourceAttributes,
    received_at: log.receivedAtMs,
  };
}

/** An outcome as a row of `outcomes`. */
export function outcomeRow(outcome: OutcomeRecord): Row {
  return {
    project: outcome.project,
    run_id: outcome.runId,
    outcome_id: outcome.outcomeId,
    trace_id: outcome.traceId,
    span_id: outcome.spanId,
    name: outcome.name,
    source: outcome.source,
    score: outcome.score,
    passed: outcome.passed,
    comment: outcome.comment,
    time: outcome.timeUnixNano,
    received_at: outcome.receivedAtMs,
  };
}

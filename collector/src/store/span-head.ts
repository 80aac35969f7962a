import type { SpanRecord } from '../records.ts';
import type { RowReader } from './row-reader.ts';
import type { RowWriter } from './row-writer.ts';
import { tokens } from './rows.ts';
import type { SummarySpan } from './summarise-run.ts';

/**
 * A span's head: what a run's row is made from, value after value, some 300 bytes. Field by field and not by a table of
 * columns: it is written for every span.
 */
export function encodeSpanHead(head: RowWriter, span: SpanRecord): void {
  head.text(span.traceId);
  head.text(span.spanId);
  head.text(span.parentSpanId);
  head.text(span.runId);
  head.text(span.trialId);
  head.text(span.name);
  head.text(span.kind);
  head.text(span.service);
  head.text(span.environment);
  head.text(span.scopeName);
  head.int64(span.startUnixNano);
  head.uint64(span.durationNano);
  head.text(span.status);
  head.text(span.errorType);
  head.text(span.operation);
  head.text(span.requestModel);
  head.text(span.responseModel);
  head.text(span.responseId);
  head.text(span.agent);
  head.text(span.conversationId);
  head.text(span.sessionId);
  head.text(span.userId);
  head.texts(span.tags);
  const counts = [tokens(span.inputTokens), tokens(span.outputTokens)];
  for (const count of counts) if (head.hasValue(count)) head.integer(count, 4);
  if (head.hasValue(span.costNanoUsd)) head.int64(BigInt(span.costNanoUsd));
  head.text(span.costSource);
  if (head.hasValue(span.knowledgeSnapshot)) head.uint64(BigInt(span.knowledgeSnapshot));
  head.text(span.knowledgeArm);
  head.texts(span.knowledgeItems);
  head.text(span.fingerprint);
  head.integer(span.flags, 4);
  head.text(span.dialect);
  head.int64(BigInt(span.receivedAtMs));
}

/** What a run's row needs of one head. */
export function readSpanHead(row: RowReader): SummarySpan {
  const trace_id = row.text();
  const span_id = row.text();
  const parent_span_id = row.text();
  const run_id = row.text();
  const trial_id = row.text();
  const name = row.text();
  const kind = row.text();
  const service = row.text();
  const environment = row.text();
  const scope_name = row.text();
  const start = String(row.int64());
  const duration = String(row.uint64());
  const status = row.text();
  const error_type = row.text();
  const operation = row.text();
  const request_model = row.text();
  const response_model = row.text();
  const response_id = row.text();
  const agent = row.text();
  const conversation_id = row.text();
  const session_id = row.text();
  const user_id = row.text();
  const tags = row.texts();
  const input_tokens = row.hasValue() ? row.uint32() : null;
  const output_tokens = row.hasValue() ? row.uint32() : null;
  const cost = row.hasValue() ? Number(row.int64()) / 1e9 : null;
  const cost_source = row.text();
  const knowledge_snapshot = row.hasValue() ? String(row.uint64()) : null;
  const knowledge_arm = row.text();
  const knowledge_items = row.texts();
  const fingerprint = row.text();
  const flags = row.uint32();
  const dialect = row.text();
  const received = String(row.int64());
  return {
    run_id,
    trace_id,
    span_id,
    parent_span_id,
    trial_id,
    name,
    kind,
    operation,
    dialect,
    scope_name,
    service,
    environment,
    agent,
    start,
    duration,
    status,
    error_type,
    request_model,
    response_model,
    response_id,
    input_tokens,
    output_tokens,
    cost,
    cost_source,
    conversation_id,
    session_id,
    user_id,
    tags,
    fingerprint,
    knowledge_snapshot,
    knowledge_arm,
    knowledge_items,
    flags,
    received,
  };
}

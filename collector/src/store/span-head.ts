import type { SpanRecord } from '../records.ts';
import { rowEncoder, type RowEncoder, type Table } from './encode-rows.ts';
import type { RowReader } from './row-reader.ts';
import { SPAN_COLUMNS } from './rows.ts';
import type { SummarySpan } from './summarise-run.ts';
import { SPANS } from './tables.ts';

/** From this column on a row of `spans` is content; what stands before it is the row's head, some 400 bytes. */
const FIRST_OF_CONTENT = 'input';

const names = Object.keys(SPANS.columns);
const headLength = names.indexOf(FIRST_OF_CONTENT);

/** A row is its head and then its content. */
export const encodeSpanHead: RowEncoder<SpanRecord> = encoderOf(names.slice(0, headLength));
export const encodeSpanContent: RowEncoder<SpanRecord> = encoderOf(names.slice(headLength));

function encoderOf(columns: readonly string[]): RowEncoder<SpanRecord> {
  const only = <Value>(of: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(of).filter(([name]) => columns.includes(name)));
  const table: Table = { name: SPANS.name, columns: only(SPANS.columns) };
  return rowEncoder(table, only(SPAN_COLUMNS));
}

/** What a run's row needs of one head: the columns of `SPANS` in their order. */
export function readSpanHead(row: RowReader): SummarySpan {
  row.skipText(); // project
  const trace_id = row.text();
  const span_id = row.text();
  const parent_span_id = row.text();
  const run_id = row.text();
  const trial_id = row.text();
  const name = row.text();
  const kind = row.text();
  row.skipText(); // otel_kind
  const service = row.text();
  const environment = row.text();
  const scope_name = row.text();
  row.skipText(); // scope_version
  const start = String(row.int64());
  const duration = String(row.uint64());
  const status = row.text();
  row.skipText(); // status_message
  const error_type = row.text();
  const operation = row.text();
  row.skipText(); // provider
  const request_model = row.text();
  const response_model = row.text();
  const response_id = row.text();
  row.skipTexts(); // finish_reasons
  const agent = row.text();
  row.skipText(); // tool
  row.skipText(); // tool_call_id
  const conversation_id = row.text();
  const session_id = row.text();
  const user_id = row.text();
  const tags = row.texts();
  const input_tokens = row.hasValue() ? row.uint32() : null;
  const output_tokens = row.hasValue() ? row.uint32() : null;
  row.skipNullable(4); // cache_read_tokens
  row.skipNullable(4); // cache_write_tokens
  row.skipNullable(4); // reasoning_tokens
  row.skipNullable(8); // time_to_first_chunk
  const cost = row.hasValue() ? Number(row.int64()) / 1e9 : null;
  const cost_source = row.text();
  row.skipText(); // knowledge_decision
  const knowledge_snapshot = row.hasValue() ? String(row.uint64()) : null;
  const knowledge_arm = row.text();
  const knowledge_items = row.texts();
  const fingerprint = row.text();
  row.skipText(); // trace_state
  const flags = row.uint32();
  const dialect = row.text();
  row.skip(2); // mapping_version
  const received = String(row.int64());
  row.skipTexts(); // warnings
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

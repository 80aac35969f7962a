import type { SpanRecord } from '../records.ts';
import { codecOf, type Codec, type RowValue } from './row-codec.ts';
import type { RowReader } from './row-reader.ts';
import type { RowWriter } from './row-writer.ts';
import { SPAN_COLUMNS } from './rows.ts';
import type { SummarySpan } from './summarise-run.ts';
import { SPANS } from './tables.ts';

/** Columns of `spans` that a run's row is made from, in the order in which {@link readSpanHead} reads them. */
const HEAD = [
  'trace_id',
  'span_id',
  'parent_span_id',
  'run_id',
  'trial_id',
  'name',
  'kind',
  'service',
  'environment',
  'scope_name',
  'start_time',
  'duration_ns',
  'status',
  'error_type',
  'operation',
  'request_model',
  'response_model',
  'response_id',
  'agent',
  'conversation_id',
  'session_id',
  'user_id',
  'tags',
  'input_tokens',
  'output_tokens',
  'cost',
  'cost_source',
  'knowledge_snapshot',
  'knowledge_arm',
  'knowledge_items',
  'fingerprint',
  'flags',
  'dialect',
  'received_at',
] as const;

interface HeadColumn {
  readonly codec: Codec;
  readonly valueOf: (span: SpanRecord) => RowValue;
}

const columns: readonly HeadColumn[] = HEAD.map((name) => {
  const [type, valueOf] = [SPANS.columns[name], SPAN_COLUMNS[name]];
  if (type === undefined || valueOf === undefined) throw new Error(`spans has no column ${name}`);
  return { codec: codecOf(type), valueOf };
});

/** A span's head: the columns that {@link HEAD} names, one after the other, some 300 bytes. */
export function encodeSpanHead(writer: RowWriter, span: SpanRecord): void {
  for (const { codec, valueOf } of columns) codec(writer, valueOf(span));
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

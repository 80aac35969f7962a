import type { SqlDriver } from '../driver.ts';
import { StoreError } from '../store-error.ts';
import { keyValues, type Attributes, type KeyValue, type Types } from './otel-attributes.ts';

/** Spans per line that is made: one request of a sender. */
const SPANS_PER_REQUEST = 1_000;
/** Longest read of one page, ms. */
const PAGE_TIMEOUT_MS = 300_000;
const TABLE_NAME = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?$/;

export interface OtelTableRead {
  /** `table` or `database.table`. */
  readonly table: string;
  /** Epoch ms; from the first on, before the second. Default: everything. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly signal?: AbortSignal;
}

interface OtelRow {
  readonly time: string;
  readonly TraceId: string;
  readonly SpanId: string;
  readonly ParentSpanId: string;
  readonly TraceState: string;
  readonly SpanName: string;
  readonly SpanKind: string;
  readonly ServiceName: string;
  readonly ScopeName: string;
  readonly ScopeVersion: string;
  readonly duration: string;
  readonly StatusCode: string;
  readonly StatusMessage: string;
  readonly resource: Attributes;
  readonly resource_types: Types;
  readonly span: Attributes;
  readonly span_types: Types;
  readonly event_times: readonly string[];
  readonly event_names: readonly string[];
  readonly event_attributes: readonly Attributes[];
  readonly event_types: readonly Types[];
  readonly link_traces: readonly string[];
  readonly link_spans: readonly string[];
  readonly link_states: readonly string[];
  readonly link_attributes: readonly Attributes[];
  readonly link_types: readonly Types[];
}

/**
 * Spans of a table that the OpenTelemetry Collector's ClickHouse exporter filled, in order of time, as requests in the JSON
 * form of OTLP: one line each, ready for the decoder that takes everything else. Reads all three forms of its tables: with
 * maps, with the newer indexes, and with JSON columns. In the forms with maps every value is text; so it is here, and numbers
 * are read from text by what follows. Pages go by (Timestamp, TraceId, SpanId): an end in the middle can be taken up again
 * from the last time.
 * @throws StoreError `unsupported` when the table is not there or has other columns
 */
export async function* readOtelTable(
  driver: SqlDriver,
  { table, fromMs, toMs, signal }: OtelTableRead,
): AsyncGenerator<OtelPage, void> {
  if (!TABLE_NAME.test(table))
    throw new StoreError(
      'unsupported',
      `not the name of a table: ${JSON.stringify(table)}, expected database.table`,
    );
  const page = pageQuery(table, await columnTypes(driver, table));
  let after = { time: String(BigInt(Math.trunc(fromMs ?? 0)) * NANOS_PER_MS), trace: '', span: '' };
  const before = toMs === undefined ? String(TIME_MAX) : String(BigInt(Math.trunc(toMs)) * NANOS_PER_MS);
  for (;;) {
    const rows = await driver.query<OtelRow>(page, {
      parameters: { ...after, before, limit: SPANS_PER_REQUEST },
      timeoutMs: PAGE_TIMEOUT_MS,
      ...(signal === undefined ? {} : { signal }),
    });
    const last = rows.at(-1);
    if (last === undefined) return;
    yield { line: requestOf(rows), spans: rows.length, lastTimeMs: Number(BigInt(last.time) / NANOS_PER_MS) };
    if (rows.length < SPANS_PER_REQUEST) return;
    after = { time: last.time, trace: last.TraceId, span: last.SpanId };
  }
}

export interface OtelPage {
  readonly line: string;
  readonly spans: number;
  /** Where to go on, epoch ms: what follows is not earlier. */
  readonly lastTimeMs: number;
}

const NANOS_PER_MS = 1_000_000n;
/** Latest time that DateTime64(9) holds. */
const TIME_MAX = (1n << 63n) - 1n;

const NEEDED = ['Timestamp', 'TraceId', 'SpanId', 'SpanName', 'ResourceAttributes', 'SpanAttributes'];

async function columnTypes(driver: SqlDriver, table: string): Promise<ReadonlyMap<string, string>> {
  const [database, name] = table.includes('.') ? table.split('.') : [undefined, table];
  const rows = await driver.query<{ name: string; type: string }>(
    `SELECT name, type FROM system.columns WHERE database = ${database === undefined ? 'currentDatabase()' : '{database: String}'} AND table = {table: String}`,
    { parameters: { database: database ?? '', table: name ?? '' } },
  );
  const types = new Map(rows.map((row) => [row.name, row.type]));
  const missing = NEEDED.filter((column) => !types.has(column));
  if (missing.length > 0)
    throw new StoreError(
      'unsupported',
      types.size === 0
        ? `there is no table ${table}`
        : `${table} is no table of the ClickHouse exporter's: it lacks ${missing.join(', ')}`,
    );
  return types;
}

/** Keyset paging; the first page begins at a time, without anything before it. */
function pageQuery(table: string, types: ReadonlyMap<string, string>): string {
  const column = (name: string, otherwise: string): string => (types.has(name) ? `\`${name}\`` : otherwise);
  const nanos = `toUnixTimestamp64Nano(toDateTime64(Timestamp, 9))`;
  const attributes = (name: string): { values: string; types: string } => {
    const values = column(name, EMPTY_MAP);
    return { values, types: isJson(types.get(name)) ? `JSONAllPathsWithTypes(${values})` : EMPTY_MAP };
  };
  const nested = (name: string): { values: string; types: string } => {
    const values = column(name, '[]');
    const type = isJson(types.get(name)) ? 'JSONAllPathsWithTypes(item)' : EMPTY_MAP;
    return { values, types: `arrayMap(item -> ${type}, ${values})` };
  };
  const [resource, span] = [attributes('ResourceAttributes'), attributes('SpanAttributes')];
  const [events, links] = [nested('Events.Attributes'), nested('Links.Attributes')];
  return `
SELECT toString(${nanos}) AS time, TraceId, SpanId, ${column('ParentSpanId', "''")} AS ParentSpanId,
  ${column('TraceState', "''")} AS TraceState, SpanName, toString(${column('SpanKind', "''")}) AS SpanKind,
  toString(${column('ServiceName', "''")}) AS ServiceName, ${column('ScopeName', "''")} AS ScopeName,
  ${column('ScopeVersion', "''")} AS ScopeVersion, toString(${column('Duration', '0')}) AS duration,
  toString(${column('StatusCode', "''")}) AS StatusCode, ${column('StatusMessage', "''")} AS StatusMessage,
  ${resource.values} AS resource, ${resource.types} AS resource_types, ${span.values} AS span, ${span.types} AS span_types,
  arrayMap(at -> toString(toUnixTimestamp64Nano(toDateTime64(at, 9))), ${column('Events.Timestamp', '[]')}) AS event_times,
  ${column('Events.Name', '[]')} AS event_names, ${events.values} AS event_attributes, ${events.types} AS event_types,
  ${column('Links.TraceId', '[]')} AS link_traces, ${column('Links.SpanId', '[]')} AS link_spans,
  ${column('Links.TraceState', '[]')} AS link_states, ${links.values} AS link_attributes, ${links.types} AS link_types
FROM ${table}
WHERE Timestamp >= fromUnixTimestamp64Nano({time: Int64}) AND Timestamp < fromUnixTimestamp64Nano({before: Int64})
  AND (${nanos}, TraceId, SpanId) > ({time: Int64}, {trace: String}, {span: String})
ORDER BY Timestamp, TraceId, SpanId
LIMIT {limit: UInt32}`;
}

const EMPTY_MAP = `CAST(map(), 'Map(String, String)')`;

function isJson(type: string | undefined): boolean {
  return type !== undefined && /\bJSON\b/.test(type);
}

const KINDS: ReadonlyMap<string, number> = new Map(
  ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'].map((name, number) => [
    name,
    number,
  ]),
);
const STATUSES: ReadonlyMap<string, number> = new Map([
  ['Unset', 0],
  ['Ok', 1],
  ['Error', 2],
]);

/** Rows as one OTLP request: a resource each, since rows of one service lie beside each other only by chance. */
function requestOf(rows: readonly OtelRow[]): string {
  const resourceSpans = rows.map((row) => ({
    resource: { attributes: resourceAttributes(row) },
    scopeSpans: [{ scope: { name: row.ScopeName, version: row.ScopeVersion }, spans: [spanOf(row)] }],
  }));
  return JSON.stringify({ resourceSpans });
}

/** The exporter keeps the name of the service in a column, and most of its versions among the attributes as well. */
function resourceAttributes(row: OtelRow): KeyValue[] {
  const attributes = keyValues(row.resource, row.resource_types);
  const isNamed = attributes.some(({ key }) => key === 'service.name');
  return isNamed || row.ServiceName === ''
    ? attributes
    : [{ key: 'service.name', value: { stringValue: row.ServiceName } }, ...attributes];
}

function spanOf(row: OtelRow): Readonly<Record<string, unknown>> {
  return {
    traceId: row.TraceId,
    spanId: row.SpanId,
    parentSpanId: row.ParentSpanId,
    traceState: row.TraceState,
    name: row.SpanName,
    kind: KINDS.get(row.SpanKind) ?? 0,
    startTimeUnixNano: row.time,
    endTimeUnixNano: String(BigInt(row.time) + BigInt(row.duration)),
    status: { code: STATUSES.get(row.StatusCode) ?? 0, message: row.StatusMessage },
    attributes: keyValues(row.span, row.span_types),
    events: row.event_names.map((name, index) => ({
      name,
      timeUnixNano: row.event_times[index] ?? '0',
      attributes: keyValues(row.event_attributes[index] ?? {}, row.event_types[index] ?? {}),
    })),
    links: row.link_traces.map((traceId, index) => ({
      traceId,
      spanId: row.link_spans[index] ?? '',
      traceState: row.link_states[index] ?? '',
      attributes: keyValues(row.link_attributes[index] ?? {}, row.link_types[index] ?? {}),
    })),
  };
}

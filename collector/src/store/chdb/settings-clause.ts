import type { ClickHouseSettings } from '@clickhouse/client';

/** Settings of the HTTP interface; the engine in process does not know them. */
const HTTP_ONLY: ReadonlySet<string> = new Set([
  'wait_end_of_query',
  'send_progress_in_http_headers',
  'http_response_buffer_size',
  'http_headers_progress_interval_ms',
  'enable_http_compression',
  'http_zlib_compression_level',
  'cancel_http_readonly_queries_on_client_close',
]);

const NAME = /^[a-z0-9_]+$/;

/**
 * `SETTINGS a = 1, …` for one query. Never `SET`: that would stay on the connection for whoever comes next.
 * `log_comment` carries the query id, since the engine makes its own and a cancel has to find the query.
 */
export function settingsClause(settings: ClickHouseSettings | undefined, queryId: string): string {
  const entries: [string, unknown][] = [
    ...Object.entries(settings ?? {}).filter(([name, value]) => value !== undefined && !HTTP_ONLY.has(name)),
    ['log_comment', queryId],
  ];
  return `SETTINGS ${entries.map(([name, value]) => `${checked(name)} = ${literal(value)}`).join(', ')}`;
}

function checked(name: string): string {
  if (!NAME.test(name)) throw new TypeError(`not a setting name: ${JSON.stringify(name)}`);
  return name;
}

function literal(value: unknown): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  throw new TypeError(`a setting cannot be a ${typeof value}`);
}

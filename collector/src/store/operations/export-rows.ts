import { StoreError } from '../store-error.ts';
import type { OutputFormat, SqlParameters } from '../driver.ts';
import type { Table } from '../encode-rows.ts';
import type { Store } from '../store.ts';
import { LOGS, OUTCOMES, RUNS, SPANS } from '../tables.ts';

/** Longest export, ms: the largest project in one file. */
const EXPORT_TIMEOUT_MS = 43_200_000;

/** Tables that can be exported and imported: what a project's senders sent, and what was made of it. */
export const PORTABLE_TABLES = ['spans', 'logs', 'outcomes', 'runs'] as const;
export type PortableTable = (typeof PORTABLE_TABLES)[number];

export function isPortableTable(name: string): name is PortableTable {
  return PORTABLE_TABLES.some((table) => table === name);
}

interface Portable {
  readonly table: Table;
  /** Column that a range of time is about, and, for tables that are parted by day, the day. */
  readonly time: string;
  /** Of several rows that replace each other only the newest is exported. */
  readonly final: boolean;
}

export const PORTABLE: Readonly<Record<PortableTable, Portable>> = {
  spans: { table: SPANS, time: 'start_time', final: false },
  logs: { table: LOGS, time: 'time', final: false },
  outcomes: { table: OUTCOMES, time: 'time', final: true },
  runs: { table: RUNS, time: 'start_time', final: true },
};

export const EXPORT_FORMATS = ['jsonl', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const OUTPUT: Readonly<Record<ExportFormat, OutputFormat>> = { jsonl: 'JSONEachRow', parquet: 'Parquet' };

export interface ExportRequest {
  readonly project: string;
  readonly table: PortableTable;
  readonly format: ExportFormat;
  /** Epoch ms; from the first on, before the second. Default: everything. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly signal?: AbortSignal;
}

/**
 * Rows of one project and table as they are stored, as JSON lines or as one Parquet file, in bounded memory. Times are text
 * in UTC, 64-bit integers and costs are text in JSON. A span that was sent twice may stand there twice, as it does in the
 * store; readers take it once.
 */
export function exportRows(
  { driver, database }: Pick<Store, 'driver' | 'database'>,
  { project, table: name, format, fromMs, toMs, signal }: ExportRequest,
): AsyncIterable<Uint8Array> {
  const { table, time, final } = PORTABLE[name];
  const conditions = ['project = {project: String}'];
  const parameters: Record<string, SqlParameters[string]> = { project };
  if (fromMs !== undefined) {
    conditions.push(`${time} >= fromUnixTimestamp64Milli({from: Int64}, 'UTC')`);
    parameters['from'] = checkedTime(fromMs);
  }
  if (toMs !== undefined) {
    conditions.push(`${time} < fromUnixTimestamp64Milli({to: Int64}, 'UTC')`);
    parameters['to'] = checkedTime(toMs);
  }
  const columns = Object.keys(table.columns)
    .map((column) => `\`${column}\``)
    .join(', ');
  return driver.bytes(
    `SELECT ${columns} FROM ${database}.${name}${final ? ' FINAL' : ''} WHERE ${conditions.join(' AND ')}`,
    OUTPUT[format],
    { parameters, timeoutMs: EXPORT_TIMEOUT_MS, rowsMax: 0, ...(signal === undefined ? {} : { signal }) },
  );
}

function checkedTime(ms: number): number {
  if (Number.isSafeInteger(ms)) return ms;
  throw new StoreError('unsupported', `expected a time as whole milliseconds since 1970, got ${ms}`);
}

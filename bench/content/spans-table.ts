import type { SqlDriver } from '@tracelore/collector/store';
import type { RunKey } from './variant.ts';

export const PROJECT = 'bench';

export interface Place {
  readonly driver: SqlDriver;
  readonly database: string;
}

/** What is changed about the product's own table. */
export interface Layout {
  /** Codec of the content columns. */
  readonly codec?: string;
  /** Bytes of content that are compressed together; the engine's own: 64 KiB to 1 MiB. */
  readonly blockBytes?: number;
  /** Sorted by trace within the minute, not by conversation within the hour as the product does. */
  readonly byTrace?: boolean;
}

const CONTENT_COLUMNS = ['input', 'output', 'system_instructions', 'tool_definitions'] as const;
const BY_TRACE = '(project, toStartOfMinute(start_time), trace_id, span_id)';

/** A copy of `spans` as the product has it now, without rows and views, and with the changes of the layout. */
export async function createSpansTable(
  { driver, database }: Place,
  table: string,
  { codec, blockBytes, byTrace = false }: Layout,
): Promise<void> {
  const [spans] = await driver.query<{ engine: string; primary_key: string; key: string }>(
    `SELECT engine_full AS engine, primary_key, sorting_key AS key FROM system.tables
     WHERE database = {database: String} AND name = 'spans'`,
    { parameters: { database } },
  );
  if (spans === undefined) throw new Error(`there is no table ${database}.spans to copy`);
  const engine = byTrace
    ? spans.engine
        .replace(`PRIMARY KEY (${spans.primary_key})`, `PRIMARY KEY ${BY_TRACE}`)
        .replace(`ORDER BY (${spans.key})`, `ORDER BY ${BY_TRACE}`)
    : spans.engine;
  if (byTrace && engine === spans.engine) throw new Error(`expected ORDER BY (${spans.key}) in ${engine}`);
  await driver.command(`CREATE TABLE ${database}.${table} AS ${database}.spans ENGINE = ${engine}`);
  const size = blockBytes === undefined ? '' : blockSettings(blockBytes);
  for (const column of codec === undefined ? [] : CONTENT_COLUMNS)
    await driver.command(
      `ALTER TABLE ${database}.${table} MODIFY COLUMN ${column} String CODEC(${codec}) ${size}`,
    );
}

function blockSettings(bytes: number): string {
  return `SETTINGS (min_compress_block_size = ${bytes}, max_compress_block_size = ${bytes})`;
}

/** Columns of one trace's spans. The time range is known, as in the product from a lookup by id. */
export async function readTrace(
  { driver, database }: Place,
  table: string,
  { traceId, atMs }: RunKey,
  columns: string,
): Promise<Readonly<Record<string, string>>[]> {
  return await driver.query(
    `SELECT ${columns} FROM ${database}.${table}
     WHERE project = {project: String} AND trace_id = {trace: String}
       AND start_time BETWEEN fromUnixTimestamp64Milli({from: Int64}) AND fromUnixTimestamp64Milli({to: Int64})`,
    { parameters: { project: PROJECT, trace: traceId, from: atMs, to: atMs + 60_000 } },
  );
}

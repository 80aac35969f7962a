import { Readable } from 'node:stream';
import {
  type ClickHouseClient,
  type ClickHouseSettings,
  drainStream,
  type QueryParams,
} from '@clickhouse/client';
import type { EncodedRows, OutputFormat, QueryOptions, QueryRead, SqlDriver } from './driver.ts';
import { Turns } from '../turns.ts';
import { StoreError, toStoreError } from './store-error.ts';
import { LOGS, SPANS, WORD_INDEX } from './tables.ts';

const TIMEOUT_MS = 30_000;
const MEMORY_BYTES_MAX = 1024 ** 3;
const ROWS_MAX = 1_000_000;
/** The engine checks its own time limit between blocks; past this much more we stop waiting. */
const GRACE_MS = 10_000;
export const CLOSE_DEADLINE_MS = 10_000;

const NAME = /^[a-z_][a-z0-9_.]*$/i;

/** Settings of every statement: the same answers whatever the host's zone, and integers beyond 2^53 kept whole. */
const COMMON: ClickHouseSettings = {
  output_format_json_quote_64bit_integers: 1,
  session_timezone: 'UTC',
};

/** A read sees every write that was answered before, on whichever replica it runs; subqueries see all shards. */
const CLUSTER_READS: ClickHouseSettings = {
  load_balancing: 'in_order',
  select_sequential_consistency: '1',
  distributed_product_mode: 'global',
};

/** Tables that several processes write to all the time. */
const VOLUME: ReadonlySet<string> = new Set([SPANS.name, LOGS.name]);

/**
 * An answer means stored on most replicas of every shard it touches, not queued on the server that took it. For small tables
 * one insert goes after the other: only then a read can tell which of them it has to wait for, and there it matters at once.
 * Spans and logs come from several processes at the same time, which would refuse each other; they are read from the replica
 * that all prefer, and runs are made of them ten seconds later.
 */
function clusterWrites(table: string): ClickHouseSettings {
  return {
    load_balancing: 'in_order',
    distributed_foreground_insert: 1,
    insert_quorum: 'auto',
    insert_quorum_parallel: VOLUME.has(table) ? 1 : 0,
  };
}

/**
 * Of formats: exact decimals, and row groups of Parquet that are small enough to be held several at a time, which by default
 * are of a million rows. Two threads: more would hold more and wait for the reader.
 */
const OUTPUT: ClickHouseSettings = {
  output_format_json_quote_decimals: 1,
  output_format_parquet_row_group_size: '65536',
  output_format_parquet_row_group_size_bytes: '33554432',
  max_threads: 2,
};

/**
 * What rewrites parts is an order: the engine in process would let it wait until all are rewritten, hours for an index. Who needs
 * to know when it is done asks, as with a server.
 */
const IN_BACKGROUND: ClickHouseSettings = { mutations_sync: '0' };

/** The older planner of this engine: the newer one takes a sixth of a small insert for the views that hang on it. */
const EMBEDDED_INSERTS: ClickHouseSettings = { enable_analyzer: 0 };

export interface ClientDriverOptions {
  readonly database: string;
  readonly cluster?: string | undefined;
  /** Answers come by HTTP. */
  readonly isServer?: boolean;
}

/** {@link SqlDriver} on the official client: the embedded engine and a server differ only in how the client was made. */
export function clientDriver(
  client: ClickHouseClient,
  { database, cluster, isServer = false }: ClientDriverOptions,
  closeEngine: (deadlineMs: number) => Promise<void>,
  onRead?: (read: QueryRead) => void,
): SqlDriver {
  const base = (sql: string, options: QueryOptions): Parameters<ClickHouseClient['command']>[0] => {
    const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    const timeout = AbortSignal.timeout(timeoutMs + GRACE_MS);
    return {
      query: sql,
      ...(options.parameters === undefined ? {} : { query_params: { ...options.parameters } }),
      abort_signal: options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]),
      clickhouse_settings: {
        ...COMMON,
        ...(cluster === undefined ? {} : CLUSTER_READS),
        max_execution_time: Math.ceil(timeoutMs / 1000),
        max_memory_usage: String(options.memoryBytesMax ?? MEMORY_BYTES_MAX),
        max_result_rows: String(options.rowsMax ?? ROWS_MAX),
        ...(options.bytesMax === undefined ? {} : { max_result_bytes: String(options.bytesMax) }),
      },
    };
  };
  const read = (
    sql: string,
    options: QueryOptions,
    settings: ClickHouseSettings,
  ): QueryParams & { format: 'JSONEachRow' } => {
    const params = base(sql, options);
    // A server stops reading for a client that left; the engine in process is told by us.
    const all = {
      ...params.clickhouse_settings,
      ...settings,
      cancel_http_readonly_queries_on_client_close: 1 as const,
    };
    return { ...params, clickhouse_settings: all, format: 'JSONEachRow' };
  };
  return {
    cluster,
    async query<Row>(sql: string, options: QueryOptions = {}): Promise<Row[]> {
      try {
        options.signal?.throwIfAborted();
        // A server then answers errors with a status instead of in the middle of the rows.
        const params = read(sql, options, { wait_end_of_query: 1 });
        if (onRead !== undefined) {
          const answer = await client.query({ ...params, format: 'JSON' });
          const { data, statistics } = await answer.json<Row>();
          onRead({ sql, rows: statistics?.rows_read ?? 0, bytes: statistics?.bytes_read ?? 0 });
          return data;
        }
        const result = await client.query(params);
        return await result.json<Row>();
      } catch (error) {
        throw toStoreError(error, 'query', options.signal);
      }
    },
    async *stream<Row>(sql: string, options: QueryOptions = {}): AsyncGenerator<Row> {
      const params = read(sql, options, {});
      let close = (): void => undefined;
      try {
        options.signal?.throwIfAborted();
        const result = await client.query(params);
        // The client forgets the signal once the answer has begun.
        close = () => result.close();
        params.abort_signal?.addEventListener('abort', close, { once: true });
        const turns = new Turns();
        for await (const rows of result.stream<Row>()) {
          // Thousands come at once, and whoever takes them works on each.
          for await (const row of turns.through(rows)) yield row.json();
          params.abort_signal?.throwIfAborted();
        }
      } catch (error) {
        throw toStoreError(error, 'query', options.signal);
      } finally {
        params.abort_signal?.removeEventListener('abort', close);
      }
    },
    async *bytes(sql: string, format: OutputFormat, options: QueryOptions = {}): AsyncGenerator<Uint8Array> {
      const params = base(`${sql}\nFORMAT ${format}`, options);
      try {
        options.signal?.throwIfAborted();
        const settings: ClickHouseSettings = {
          ...params.clickhouse_settings,
          ...OUTPUT,
          // A server that fails in the middle would write its error among the bytes: it keeps them on its disk until the end.
          ...(isServer ? { wait_end_of_query: 1 as const } : {}),
        };
        const { stream } = await client.exec({ ...params, clickhouse_settings: settings });
        const stop = (): void => void stream.destroy(new Error('The user aborted a request.'));
        params.abort_signal?.addEventListener('abort', stop, { once: true });
        try {
          for await (const chunk of stream) yield asBytes(chunk);
        } finally {
          params.abort_signal?.removeEventListener('abort', stop);
          stream.destroy();
        }
      } catch (error) {
        throw toStoreError(error, 'query', options.signal);
      }
    },
    async command(sql: string, options: QueryOptions = {}): Promise<void> {
      try {
        const params = base(sql, options);
        await client.command({
          ...params,
          clickhouse_settings: { ...params.clickhouse_settings, ...IN_BACKGROUND },
        });
      } catch (error) {
        throw toStoreError(error, 'command', options.signal);
      }
    },
    async insert(rows: EncodedRows): Promise<void> {
      if (rows.rows === 0) return;
      try {
        const { stream } = await client.exec({
          query: insertStatement(rows, database),
          values: Readable.from(rows.chunks, { objectMode: false }),
          clickhouse_settings: {
            insert_deduplicate: 1,
            insert_deduplication_token: rows.token,
            // The views' rows are stored once too.
            deduplicate_blocks_in_dependent_materialized_views: 1,
            // An answer means stored: a server must not buffer.
            async_insert: 0,
            wait_end_of_query: 1,
            exclude_materialize_skip_indexes_on_insert: WORD_INDEX,
            // What is left out of a block is the default of its type, whatever a table says.
            input_format_defaults_for_omitted_fields: 0,
            ...(isServer ? {} : EMBEDDED_INSERTS),
            ...(cluster === undefined ? {} : clusterWrites(rows.table)),
          },
        });
        await drainStream(stream);
      } catch (error) {
        throw toStoreError(error, `insert of ${rows.rows} rows into ${rows.table}`);
      }
    },
    close: async (deadlineMs = CLOSE_DEADLINE_MS) => {
      await client.close();
      await closeEngine(deadlineMs);
    },
  };
}

function asBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  throw new TypeError(`expected bytes from the engine, got ${typeof chunk}`);
}

function insertStatement(rows: EncodedRows, database: string): string {
  for (const name of [rows.table, ...rows.columns]) {
    if (!NAME.test(name))
      throw new StoreError('invalid_row', `not a table or column name: ${JSON.stringify(name)}`);
  }
  const columns = rows.columns.map((column) => `\`${column}\``).join(', ');
  return `INSERT INTO ${rows.table.includes('.') ? rows.table : `${database}.${rows.table}`} (${columns}) FORMAT Native`;
}

import { randomUUID } from 'node:crypto';
import { open, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type ClickHouseClientConfigOptions, ClickHouseError, parseError } from '@clickhouse/client';
import { StoreError } from '../store-error.ts';
import type { EmbeddedEngine } from './engine.ts';
import type { Lane, LaneStream } from './lane.ts';
import type { LanePool } from './lane-pool.ts';
import { encodeParameters, escapeText } from './parameters.ts';
import { ResultStream } from './result-stream.ts';
import { settingsClause } from './settings-clause.ts';

/** The seam of `@clickhouse/client` for other transports than HTTP; marked experimental there, so both are pinned. */
export type Connection = NonNullable<ClickHouseClientConfigOptions['connection']>;
type BaseParams = Parameters<Connection['query']>[0];
type ExecParams = Parameters<Connection['exec']>[0];
type InsertParams = Parameters<Connection['insert']>[0];
type Summary = NonNullable<Awaited<ReturnType<Connection['insert']>>['summary']>;

/** Format of a query that names none. */
const FORMAT = 'JSONEachRow';
const CLASS_READ = 0;
const CLASS_SESSION = 3;
const CODE_SYNTAX_ERROR = '62';
const CODE_READONLY = '164';
/** Statements whose kind is remembered; of more, the one not asked for longest is forgotten. */
const KINDS_REMEMBERED_MAX = 256;
/** Longer statements are not remembered, characters. */
const REMEMBERED_CHARACTERS_MAX = 16_384;
/** The engine streams these; the answers of SHOW, DESCRIBE, EXPLAIN, … are small and come whole. */
const STREAMS = /^\s*\(*\s*(SELECT|WITH)\b/i;
/** Statements that take settings at their end, besides those that read. */
const TAKES_SETTINGS = /^\s*(ALTER|DELETE|INSERT|OPTIMIZE|TRUNCATE)\b/i;
/** Rows never stand in an SQL text: a blank line inside them would end the data, and the rest would run as SQL. */
const INSERT_INLINE = /^\s*INSERT\b(?!\s+INTO\s+[\w.`]+\s*(\([^()]*\)\s*)?(SELECT|WITH|FROM\s+INFILE)\b)/i;
const PARQUET = /^([^]*\S)\s+FORMAT\s+Parquet\s*$/;
/** The only statements about the system that are let through: our own, never a caller's. */
const OPERATION = /^\s*(BACKUP|RESTORE)\s+DATABASE\b|^\s*SYSTEM\s+(STOP|START)\s+MERGES\s*$/i;
const INSERT = /^\s*(INSERT\s+INTO\s[\s\S]*?)\s+FORMAT\s+(\w+)\s*$/i;

/**
 * chDB behind `createClient({ connection })`. No policy and no retries: one statement per call, parameters bound, settings
 * for this query only, data out of line, results streamed, and a lane that saw an error is never used again.
 */
export class ChdbConnection implements Connection {
  readonly #engine: EmbeddedEngine;
  /** By text: ours are few, since values are bound. To be told one takes the engine a millisecond for a long statement. */
  readonly #kinds = new Map<string, number>();

  constructor(engine: EmbeddedEngine) {
    this.#engine = engine;
  }

  async ping(): ReturnType<Connection['ping']> {
    try {
      await this.command({ query: 'SELECT 1' });
      return { success: true };
    } catch (error) {
      return { success: false, error: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  async query(params: BaseParams): ReturnType<Connection['query']> {
    refuseUnsupported(params);
    const queryId = params.query_id ?? randomUUID();
    const lane = await this.#lane(this.#engine.readers, params);
    const end = this.#engine.reading(queryId, params.abort_signal);
    const ended = (error: unknown): void => {
      end();
      this.#engine.readers.give(lane, error === undefined ? 'clean' : 'replace');
    };
    let output: LaneStream;
    try {
      const kind = await this.#kindOf(lane, params.query);
      params.abort_signal?.throwIfAborted(); // from here on the engine has to be told
      if (kind !== CLASS_READ) throw refusal('a query must read, use command or insert for the rest');
      const sql = `${params.query}\n${settingsClause(params.clickhouse_settings, queryId)}`;
      const parameters = encodeParameters(params.query_params);
      // A caller who takes the whole answer anyway gets it from the thread pool: starting a stream plans the query on the
      // event loop, which for wide tables takes tens of milliseconds.
      const streams = STREAMS.test(sql) && params.clickhouse_settings?.wait_end_of_query !== 1;
      output = streams ? lane.stream(sql, FORMAT, parameters) : lane.whole(sql, FORMAT, parameters);
    } catch (error) {
      ended(error);
      throw toClientError(error, params.abort_signal);
    }
    const stream = await ResultStream.open(output, {
      ended,
      abandon: () => void this.#engine.kill(queryId),
      toError: (error) => toClientError(error, params.abort_signal),
    });
    const leave = (): void => void stream.destroy(abortedError(undefined));
    params.abort_signal?.addEventListener('abort', leave, { once: true });
    stream.once('close', () => params.abort_signal?.removeEventListener('abort', leave));
    return { stream, ...answer(queryId) };
  }

  async command(params: BaseParams): ReturnType<Connection['command']> {
    return await this.#run(params, params.query);
  }

  async exec(params: ExecParams): ReturnType<Connection['exec']> {
    if (params.values !== undefined) {
      const inserted = await this.insert({ ...params, values: params.values });
      return { ...inserted, stream: Readable.from([]), summary: inserted.summary ?? summaryOf(0, 0, 0) };
    }
    const [, select] = PARQUET.exec(params.query) ?? [];
    const { stream, query_id } =
      select === undefined ? await this.query(params) : await this.#parquet(params, select);
    return { stream, ...answer(query_id), summary: summaryOf(0, 0, 0) };
  }

  /** The data goes through a file: bytes inside an SQL text are SQL as soon as the engine takes them for it. */
  async insert(params: InsertParams): ReturnType<Connection['insert']> {
    const [, head, format] = INSERT.exec(params.query) ?? [];
    if (head === undefined || format === undefined) {
      throw refusal(`an insert reads INSERT INTO … FORMAT …, got ${params.query.slice(0, 80)}`);
    }
    const file = join(this.#engine.inserts, `${randomUUID()}.bin`);
    try {
      await writeFile(file, params.values, { flag: 'wx', mode: 0o600 });
      const { size } = await stat(file);
      if (size === 0) return { ...answer(params.query_id ?? ''), summary: summaryOf(0, 0, 0) };
      return await this.#run(params, `${head} FROM INFILE '${file}'`, `FORMAT ${format}`);
    } finally {
      await unlink(file).catch(() => undefined);
    }
  }

  /**
   * The engine streams its answer in pieces that are each a whole in their format: joined, those of Parquet are no file. So it
   * writes one, which is read from there.
   */
  async #parquet(params: BaseParams, select: string): ReturnType<Connection['query']> {
    refuseUnsupported(params);
    const queryId = params.query_id ?? randomUUID();
    const lane = await this.#lane(this.#engine.readers, params);
    const end = this.#engine.reading(queryId, params.abort_signal);
    const name = join(this.#engine.inserts, `${randomUUID()}.parquet`);
    let state: 'clean' | 'replace' = 'replace';
    try {
      if ((await this.#kindOf(lane, select)) !== CLASS_READ) throw refusal('only what reads has an answer');
      const settings = settingsClause(params.clickhouse_settings, queryId);
      const sql = `${select}\nINTO OUTFILE '${name}' FORMAT Parquet\n${settings}`;
      await lane.run(sql, 'Null', encodeParameters(params.query_params));
      state = 'clean';
      // Open, and then without a name: gone with the last byte that is read, whatever happens.
      const file = await open(name);
      return { stream: file.createReadStream(), ...answer(queryId) };
    } catch (error) {
      throw toClientError(error, params.abort_signal);
    } finally {
      await unlink(name).catch(() => undefined);
      end();
      this.#engine.readers.give(lane, state);
    }
  }

  async close(): Promise<void> {
    // The engine is closed by the driver that opened it, with a deadline.
  }

  /** A statement without rows as its answer. `tail` stands after the settings. */
  async #run(params: BaseParams, sql: string, tail = ''): ReturnType<Connection['insert']> {
    refuseUnsupported(params);
    const queryId = params.query_id ?? randomUUID();
    const lane = await this.#lane(this.#engine.writers, params);
    // What writes is never cancelled: it ends, or is retried with its token.
    let state: 'clean' | 'replace' = 'replace';
    try {
      const kind = await this.#kindOf(lane, `${sql}\n${tail}`);
      if (kind === CLASS_SESSION && !OPERATION.test(sql)) {
        throw refusal('statements about the session or the system are refused');
      }
      if (INSERT_INLINE.test(sql)) throw refusal('rows inside an SQL text are refused, use insert');
      const settings =
        kind === CLASS_READ || TAKES_SETTINGS.test(sql)
          ? settingsClause(params.clickhouse_settings, queryId)
          : '';
      const result = await lane.run(
        `${sql}\n${settings} ${tail}`,
        'Null',
        encodeParameters(params.query_params),
      );
      state = 'clean';
      return {
        ...answer(queryId),
        summary: summaryOf(result.rowsRead, result.bytesRead, result.elapsed),
      };
    } catch (error) {
      throw toClientError(error, params.abort_signal);
    } finally {
      this.#engine.writers.give(lane, state);
    }
  }

  /** What the one statement of a text does; the same text does the same. */
  async #kindOf(lane: Lane, sql: string): Promise<number> {
    const known = this.#kinds.get(sql);
    const kind = known ?? (await oneStatement(lane, sql));
    if (sql.length > REMEMBERED_CHARACTERS_MAX) return kind;
    this.#kinds.delete(sql);
    this.#kinds.set(sql, kind);
    const [oldest] = this.#kinds.keys();
    if (this.#kinds.size > KINDS_REMEMBERED_MAX && oldest !== undefined) this.#kinds.delete(oldest);
    return kind;
  }

  async #lane(pool: LanePool, params: BaseParams): Promise<Lane> {
    return await pool.take(params.abort_signal);
  }
}

async function oneStatement(lane: Lane, sql: string): Promise<number> {
  const { statementCount, queryClass } = await lane.classify(sql);
  // What the engine cannot parse counts as none: let it say where.
  if (statementCount === 0)
    await lane.run('SELECT formatQuery({sql: String})', 'Null', { sql: escapeText(sql) });
  if (statementCount !== 1) {
    throw new ClickHouseError({
      message: `expected one statement, got ${statementCount}`,
      code: CODE_SYNTAX_ERROR,
      type: 'SYNTAX_ERROR',
    });
  }
  return queryClass;
}

function refusal(message: string): ClickHouseError {
  return new ClickHouseError({ message, code: CODE_READONLY, type: 'READONLY' });
}

/** What has no meaning without a server is refused, not ignored. */
function refuseUnsupported(params: BaseParams): void {
  const given: [string, unknown][] = [
    ['session_id', params.session_id],
    ['role', params.role],
    ['auth', params.auth],
    ['http_headers', params.http_headers],
  ];
  const names = given.filter(([, value]) => value !== undefined).map(([name]) => name);
  if (names.length > 0) {
    throw new StoreError(
      'unsupported',
      `the embedded store has no ${names.join(', ')}: these need a ClickHouse server`,
    );
  }
}

/** Engine errors in the class the HTTP transport throws, so that callers need not know which one they have. */
function toClientError(error: unknown, signal: AbortSignal | undefined): Error {
  if (signal?.aborted === true) return abortedError(error);
  if (error instanceof ClickHouseError || StoreError.isInstance(error)) return error;
  return parseError(error instanceof Error ? error.message : String(error));
}

/** In the words of the HTTP transport. */
function abortedError(cause: unknown): Error {
  return new Error('The user aborted a request.', { cause });
}

function answer(queryId: string): { query_id: string; response_headers: {}; http_status_code: number } {
  return { query_id: queryId, response_headers: {}, http_status_code: 200 };
}

function summaryOf(rows: number, bytes: number, seconds: number): Summary {
  return {
    read_rows: String(rows),
    read_bytes: String(bytes),
    written_rows: String(rows),
    written_bytes: String(bytes),
    total_rows_to_read: '0',
    result_rows: '0',
    result_bytes: '0',
    elapsed_ns: String(Math.round(seconds * 1e9)),
  };
}

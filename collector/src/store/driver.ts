/** Values that can be bound to a `{name: Type}` placeholder. */
export type SqlValue = string | number | bigint | boolean | Date | null | readonly SqlValue[];
export type SqlParameters = Readonly<Record<string, SqlValue>>;

export interface QueryOptions {
  readonly parameters?: SqlParameters;
  readonly signal?: AbortSignal;
  /** Default 30 000. The engine stops the query after this. */
  readonly timeoutMs?: number;
  /** Default 1 GiB. The engine refuses the query when it needs more. */
  readonly memoryBytesMax?: number;
  /** Default 1 000 000. More rows than this is an error, never a silent cut. */
  readonly rowsMax?: number;
  /** Size of the answer in the engine's memory from which on it is an error; no bound by default. */
  readonly bytesMax?: number;
}

/** What the engine read for one query: the budget that a lost index breaks, whatever the machine's speed. */
export interface QueryRead {
  readonly sql: string;
  readonly rows: number;
  readonly bytes: number;
}

export type OutputFormat = 'JSONEachRow' | 'Parquet';

/** Rows for one table, as a block of ClickHouse's format Native, made by `encodeRows`. The same bytes go to the embedded engine and to a server. */
export interface EncodedRows {
  readonly table: string;
  readonly columns: readonly string[];
  /** One after the other. */
  readonly chunks: readonly Uint8Array[];
  readonly rows: number;
  /**
   * The engine stores rows with the same token once per table (within its window of 10 000 inserted blocks). Made once
   * per commit and kept over retries.
   */
  readonly token: string;
}

/**
 * The small seam in front of ClickHouse: an embedded engine or a server, one at a time.
 *
 * Guarantees: an insert that resolved is stored and visible to the next query on the same driver; a failed query leaves
 * nothing behind for the next one; parameters are always bound; one statement per call. Queries return 64-bit integers
 * as strings. Errors are {@link StoreError}.
 */
export interface SqlDriver {
  /** Cluster over whose shards the tables lie, when they do. */
  readonly cluster?: string | undefined;
  /** Rows of a SELECT as objects. */
  query<Row>(sql: string, options?: QueryOptions): Promise<Row[]>;
  /** Rows of a large SELECT, in bounded memory: a slow consumer holds the engine back. */
  stream<Row>(sql: string, options?: QueryOptions): AsyncIterable<Row>;
  /** The answer of a large SELECT in a format of the engine's, in bounded memory. */
  bytes(sql: string, format: OutputFormat, options?: QueryOptions): AsyncIterable<Uint8Array>;
  /** A statement without a result: DDL or a mutation. */
  command(sql: string, options?: QueryOptions): Promise<void>;
  insert(rows: EncodedRows): Promise<void>;
  /** Waits for running inserts up to `deadlineMs`, cancels reads, frees the engine. Safe to call twice. */
  close(deadlineMs?: number): Promise<void>;
}

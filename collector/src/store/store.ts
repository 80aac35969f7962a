import type { Batch } from '../records.ts';
import type { Durability } from './chdb/engine.ts';
import type { QueryRead, SqlDriver } from './driver.ts';
import type { RunFilter, RunSearch, SearchPage } from './run-filter.ts';
import type { RunSummary, StoredOutcome } from './run-summary.ts';

export { RUN_STATES, type RunState, type RunSummary, type StoredOutcome } from './run-summary.ts';

/** Where the data lives: an embedded engine in a directory, or a ClickHouse server by URL. */
export type StoreLocation =
  | {
      readonly kind: 'embedded';
      readonly directory: string;
      /** Folder that holds the backups. Default: `backups` in the directory. */
      readonly backups?: string;
      /** `power`: every insert waits for the disk, and survives a loss of power. Default `process`: the end of the process only. */
      readonly durability?: Durability;
    }
  | {
      readonly kind: 'server';
      readonly url: string;
      readonly username?: string;
      readonly password?: string;
      /** Keep the tables on all shards and replicas of this cluster of the server's configuration. */
      readonly cluster?: string;
      /** For `https:` with an authority of one's own, or a client certificate. */
      readonly tls?: ServerTls;
    };

/** PEM files. */
export interface ServerTls {
  /** Authority that signed the server's certificate. */
  readonly caFile: string;
  /** Certificate and key that this client shows. */
  readonly certFile?: string;
  readonly keyFile?: string;
}

export interface StoreOptions {
  readonly location: StoreLocation;
  /** Default `tracelore`. Created when it does not exist. */
  readonly database?: string;
  /** Told what each query read; not of streams. */
  readonly onRead?: (read: QueryRead) => void;
}

/** One span of a run with its content. */
export interface SpanView {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly runId: string;
  readonly name: string;
  readonly kind: string;
  readonly operation: string;
  readonly startTime: string;
  readonly durationMs: number;
  readonly status: string;
  readonly statusMessage: string;
  readonly errorType: string;
  readonly provider: string;
  readonly requestModel: string;
  readonly responseModel: string;
  readonly agent: string;
  readonly tool: string;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly cacheReadTokens: number | null;
  readonly cacheWriteTokens: number | null;
  readonly reasoningTokens: number | null;
  /** USD; `null` is unknown. */
  readonly cost: number | null;
  /** `reported` by the span, or the price list with its version; `''` when the cost is unknown. */
  readonly costSource: string;
  readonly input: string;
  readonly output: string;
  readonly systemInstructions: string;
  readonly knowledgeDecision: string;
  readonly knowledgeSnapshot: number | null;
  readonly knowledgeArm: string;
  readonly knowledgeItems: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly events: readonly {
    readonly name: string;
    readonly time: string;
    readonly attributes: Readonly<Record<string, string>>;
  }[];
}

/** How much of its content a span is read with: `preview` shows the beginnings of texts, and short attributes. */
export type SpanContent = 'full' | 'preview' | 'none';

export interface SpanPageRequest {
  readonly offset?: number;
  /** Default and most 1 000, without content 10 000. */
  readonly limit?: number;
  /** Default `full`. */
  readonly content?: SpanContent;
}

export interface SpanPage {
  /** In order of start. */
  readonly spans: readonly SpanView[];
  /** `offset` of the next page, when there is one. */
  readonly next?: number;
}

/** Batches in the form in which their store writes them. */
export interface PreparedBatch {
  readonly rows: number;
  /** Memory that they take until they are written. */
  readonly bytes: number;
}

/** Writes what the collector accepted. A resolved write is stored. */
export interface BatchWriter {
  /**
   * Brings batches into the form in which they wait for their write: bytes, no objects. Each is taken when the one before it
   * has been encoded.
   * @throws StoreError `invalid_row`, and what `batches` throws
   */
  prepare(batches: Iterable<Batch>): PreparedBatch;
  /**
   * Stores prepared batches together, each once. `token` identifies them: the same token again stores nothing new. After a
   * failure the same batches can be written again.
   */
  writePrepared(batches: readonly PreparedBatch[], token: string): Promise<void>;
  /** Prepared batches as bytes that can lie in a file until {@link unpack}, also that of a later version. */
  pack(batches: readonly PreparedBatch[]): readonly Uint8Array[];
  /** The same batches in the same order. @throws StoreError `newer_database` when the tables have become others. */
  unpack(bytes: Uint8Array): readonly PreparedBatch[];
}

/** Reads runs and spans. Every method is confined to one project; retried exports are seen once. */
export interface TraceReader {
  listRuns(filter: RunFilter): Promise<RunSummary[]>;
  /**
   * Runs with a span that is as the search says, newest first.
   * @throws StoreError `TIMEOUT_EXCEEDED` when there was not even time for the newest of them
   */
  searchRuns(search: RunSearch): Promise<SearchPage>;
  /** By id, or by a unique prefix of at least 6 characters; an ambiguous prefix is an error that lists the ids. */
  findRun(project: string, idOrPrefix: string): Promise<RunSummary | undefined>;
  /**
   * Spans of a run in order of start, at most `limit` (default and most 1 000) after `offset`. A page holds 64 MiB of
   * content; spans past that come with it cut and marked.
   */
  readRun(
    project: string,
    runId: string,
    page?: { readonly limit?: number; readonly offset?: number },
  ): Promise<SpanView[]>;
  /** The same in pages that end before content would be cut, at 16 MiB of it, or with a part of the content only. */
  readSpans(project: string, runId: string, page?: SpanPageRequest): Promise<SpanPage>;
  /** One span of a run with all its content. */
  readSpan(project: string, runId: string, spanId: string): Promise<SpanView | undefined>;
  outcomesOf(project: string, runIds: readonly string[]): Promise<Map<string, StoredOutcome[]>>;
  countRuns(project: string): Promise<RunCounts>;
}

export interface RunCounts {
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  readonly undecided: number;
  readonly unanalysed: number;
}

/** Recomputes `runs` rows from spans and outcomes. */
export interface RunWriter {
  /**
   * Writes a new revision for each of these runs, with the resolved outcome and leaf-only token totals. A run whose root
   * has ended is `closed`; one without is `open`, or `abandoned` when its last span is older than `abandonedAfterMs`.
   */
  refresh(runs: readonly { readonly project: string; readonly runId: string }[], now: number): Promise<void>;
  /**
   * Runs with spans or outcomes received after their newest revision, oldest first: what a restart has to catch up on. It looks
   * back from the newest span so far (default two days).
   */
  stale(limit: number, withinMs?: number): Promise<{ project: string; runId: string }[]>;
}

export interface Store extends BatchWriter, TraceReader, RunWriter {
  /** Stores one batch. `token` identifies it: the same token again stores nothing new. */
  write(batch: Batch, token: string): Promise<void>;
  readonly driver: SqlDriver;
  readonly database: string;
  readonly location: StoreLocation;
  close(deadlineMs?: number): Promise<void>;
}

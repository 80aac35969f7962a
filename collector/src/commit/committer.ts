import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Batch } from '../records.ts';
import type { BatchWriter, PreparedBatch } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import { failureOf, type CommitResult } from './commit-result.ts';
import { CommitPace, type Clock } from './commit-pace.ts';

/** A commit is due when this many rows wait, whatever the pace: larger inserts are not cheaper per row. */
export const COMMIT_ROWS_MAX = 10_000;
/** …or this many bytes of request bodies. */
export const COMMIT_BYTES_MAX = 16_777_216;
/** Waits between tries of one commit, ms: together less than the 10 s after which most senders give up. */
const RETRY_DELAYS_MS = [100, 500, 2_000];

/** What one request adds. `key` identifies its content: the same key again is the same rows. */
export interface Submission {
  readonly key: string;
  readonly batches: Iterable<Batch>;
  /** Size of the request body, inflated. */
  readonly bytes: number;
}

interface Waiting {
  readonly key: string;
  readonly bytes: number;
  readonly prepared: PreparedBatch;
  readonly resolve: (result: CommitResult) => void;
}

export interface CommitCounts {
  readonly commits: number;
  readonly rows: number;
  readonly retries: number;
}

/**
 * Adaptive group commit: one writer, at most one insert at a time. What arrives while an insert runs waits for the next;
 * every submission is answered after the commit that holds it, never before.
 *
 * The token of a commit is derived from the keys in it, so that a retry, also by a restarted process that was sent the same
 * single request, stores nothing twice.
 */
export class Committer {
  readonly #writer: BatchWriter;
  readonly #pace: CommitPace;
  readonly #waiting: Waiting[] = [];
  #waitingRows = 0;
  #waitingBytes = 0;
  #running: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;
  #counts = { commits: 0, rows: 0, retries: 0 };

  constructor(writer: BatchWriter, options: { readonly intervalMs: number; readonly clock: Clock }) {
    this.#writer = writer;
    this.#pace = new CommitPace(options.intervalMs, options.clock);
  }

  get counts(): CommitCounts {
    return { ...this.#counts };
  }

  /**
   * Resolves when the rows are stored, or with the reason why they are not; throws, never rejects, what `batches` throws.
   * These are encoded here and not kept: objects that live until a commit cost more in garbage collection than all other
   * work on them.
   */
  submit({ key, batches, bytes }: Submission): Promise<CommitResult> {
    let prepared: PreparedBatch;
    try {
      prepared = this.#writer.prepare(batches);
    } catch (error) {
      if (!StoreError.isInstance(error)) throw error;
      return Promise.resolve(failureOf(error).result);
    }
    if (prepared.rows === 0) return Promise.resolve({ state: 'stored' });
    return this.#enqueue({ key, bytes, prepared });
  }

  #enqueue(waiting: Omit<Waiting, 'resolve'>): Promise<CommitResult> {
    return new Promise((resolve) => {
      this.#waiting.push({ ...waiting, resolve });
      this.#waitingRows += waiting.prepared.rows;
      this.#waitingBytes += waiting.bytes;
      this.#arm();
    });
  }

  /** Commits what waits without regard to the pace; resolves when nothing waits or runs. */
  async flush(): Promise<void> {
    while (this.#running !== undefined || this.#waiting.length > 0) {
      if (this.#running === undefined) this.#start();
      await this.#running;
    }
  }

  #arm(): void {
    if (this.#running !== undefined || this.#waiting.length === 0) return;
    if (this.#waitingRows >= COMMIT_ROWS_MAX || this.#waitingBytes >= COMMIT_BYTES_MAX) {
      this.#start();
      return;
    }
    this.#cancelTimer ??= this.#pace.whenDue(() => {
      this.#cancelTimer = undefined;
      if (this.#running === undefined && this.#waiting.length > 0) this.#start();
    });
  }

  #start(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#pace.spend();
    this.#running = this.#run(this.#takeGroup());
  }

  /** What the next commit holds: everything that waits, up to the limits. Always at least one request. */
  #takeGroup(): Waiting[] {
    let rows = 0;
    let bytes = 0;
    let count = 0;
    for (const waiting of this.#waiting) {
      if (rows >= COMMIT_ROWS_MAX || bytes >= COMMIT_BYTES_MAX) break;
      rows += waiting.prepared.rows;
      bytes += waiting.bytes;
      count += 1;
    }
    this.#waitingRows -= rows;
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  async #run(group: readonly Waiting[]): Promise<void> {
    await this.#commit(group);
    this.#running = undefined;
    this.#arm();
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const result = await this.#write(group);
    if (result.state !== 'stored' && result.isolate && group.length > 1) {
      // One request may have spoilt the insert for its neighbours: each gets its own.
      for (const waiting of group) waiting.resolve(await this.#write([waiting]));
      return;
    }
    for (const waiting of group) waiting.resolve(result);
  }

  async #write(group: readonly Waiting[]): Promise<CommitResult> {
    const batches = group.map((waiting) => waiting.prepared);
    const token = tokenOf(group);
    for (const retryDelayMs of [...RETRY_DELAYS_MS, undefined]) {
      try {
        await this.#writer.writePrepared(batches, token);
        this.#counts.commits += 1;
        this.#counts.rows += batches.reduce((sum, batch) => sum + batch.rows, 0);
        return { state: 'stored' };
      } catch (error) {
        const failure = failureOf(error);
        if (!failure.retry || retryDelayMs === undefined) return failure.result;
        this.#counts.retries += 1;
        await delay(retryDelayMs);
      }
    }
    throw new Error('unreachable: the last try returns');
  }
}

function tokenOf(group: readonly { readonly key: string }[]): string {
  const hash = createHash('sha256');
  for (const { key } of group) hash.update(`${key}\n`);
  return hash.digest('hex').slice(0, 32);
}

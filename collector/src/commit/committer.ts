import type { Batch } from '../records.ts';
import type { RunKey } from '../runs/run-key.ts';
import type { BatchWriter, PreparedBatch } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import type { Turns } from '../turns.ts';
import type { ByteBudget } from './byte-budget.ts';
import { failureOf, type CommitResult } from './commit-result.ts';
import { CommitPace, type Clock } from './commit-pace.ts';
import { tokenOf, type StoreWriter } from './store-writer.ts';

/**
 * A commit is due when this many rows wait, whatever the pace. More rows are not cheaper to insert, but make fewer parts to merge.
 */
export const COMMIT_ROWS_MAX = 20_000;
/** …or this many bytes of rows. */
export const COMMIT_BYTES_MAX = 33_554_432;
/** With a spool, a commit that takes longer goes there, ms. Two of them in a row stay below a sender's usual 10 s. */
export const SPOOL_AFTER_MS = 3_000;

/** What one request adds. `key` identifies its content: the same key again is the same rows. */
export interface Submission {
  readonly key: string;
  readonly batches: Iterable<Batch>;
  /** Runs that it adds to; complete when `batches` has been read. */
  readonly runs: ReadonlyMap<string, RunKey>;
}

interface Waiting {
  readonly key: string;
  readonly prepared: readonly PreparedBatch[];
  readonly rows: number;
  readonly bytes: number;
  readonly runs: ReadonlyMap<string, RunKey>;
  readonly resolve: (result: CommitResult) => void;
}

/** Where commits go that the store does not take: on disk, to be stored later under the same token. */
export interface CommitSpool {
  /** Nothing waits in it, so nobody tries the store again by itself. */
  readonly isEmpty: boolean;
  /** Resolves when it is safe on disk; rejects when there is no room for it. */
  append(commit: SpooledCommit): Promise<void>;
}

export interface SpooledCommit {
  readonly requests: readonly { readonly key: string; readonly batches: readonly PreparedBatch[] }[];
  readonly runs: readonly RunKey[];
}

export interface CommitterParts {
  readonly writer: StoreWriter;
  readonly prepare: BatchWriter['prepare'];
  readonly budget: ByteBudget;
  readonly clock: Clock;
  /** Commits under a steady trickle are this far apart, ms. */
  readonly intervalMs: number;
  /** `undefined` = what the store does not take is answered 503. */
  readonly spool: CommitSpool | undefined;
}

/**
 * Adaptive group commit: one writer, at most one insert at a time. What arrives while an insert runs waits for the next;
 * every submission is answered after the commit that holds it, never before.
 *
 * The token of a commit is derived from the keys in it, so that a retry, also by a restarted process that was sent the same
 * single request, stores nothing twice.
 */
export class Committer {
  readonly #parts: CommitterParts;
  readonly #pace: CommitPace;
  readonly #waiting: Waiting[] = [];
  #waitingRows = 0;
  #waitingBytes = 0;
  #running: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(parts: CommitterParts) {
    this.#parts = parts;
    this.#pace = new CommitPace(parts.intervalMs, parts.clock);
  }

  /**
   * Resolves when the rows are safe, or with the reason why they are not; throws, never rejects, what `batches` throws.
   * These are encoded here and not kept: objects that live until a commit cost more in garbage collection than all other
   * work on them.
   */
  submit({ key, batches, runs }: Submission): Promise<CommitResult> {
    let prepared: PreparedBatch;
    try {
      prepared = this.#parts.prepare(batches);
    } catch (error) {
      if (!StoreError.isInstance(error)) throw error;
      return Promise.resolve(failureOf(error));
    }
    return this.#enqueue(key, [prepared], runs);
  }

  /**
   * The same for a large request, in turns with everything else. Resolves when `batches` has been read; rejects with what it
   * throws.
   */
  async submitInTurns(
    { key, batches, runs }: Submission,
    turns: Turns,
  ): Promise<{ readonly result: Promise<CommitResult> }> {
    const prepared: PreparedBatch[] = [];
    const end = { isReached: false };
    const rest = (function* () {
      yield* batches;
      end.isReached = true;
    })();
    try {
      while (!end.isReached) {
        prepared.push(this.#parts.prepare(turns.take(rest)));
        await turns.next();
      }
    } catch (error) {
      if (!StoreError.isInstance(error)) throw error;
      return { result: Promise.resolve(failureOf(error)) };
    }
    return { result: this.#enqueue(key, prepared, runs) };
  }

  #enqueue(key: string, prepared: readonly PreparedBatch[], runs: Submission['runs']): Promise<CommitResult> {
    const rows = prepared.reduce((sum, batch) => sum + batch.rows, 0);
    const bytes = prepared.reduce((sum, batch) => sum + batch.bytes, 0);
    if (rows === 0) return Promise.resolve({ state: 'stored' });
    const release = this.#parts.budget.hold(bytes);
    return new Promise((resolve) => {
      this.#waiting.push({
        key,
        prepared,
        runs,
        rows,
        bytes,
        resolve: (result) => {
          release();
          resolve(result);
        },
      });
      this.#waitingRows += rows;
      this.#waitingBytes += bytes;
      this.#arm();
    });
  }

  /**
   * Commits what waits by now without regard to the pace; resolves when it is answered, and so is what was being committed. Not
   * when nothing waits any more: under load that moment may never come.
   */
  async flush(): Promise<void> {
    const last = this.#waiting.at(-1);
    await this.#running;
    if (last === undefined) return;
    while (this.#waiting.includes(last)) {
      if (this.#running === undefined) this.#start();
      await this.#running;
    }
    // It may have been taken by a commit that began without us.
    await this.#running;
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
      rows += waiting.rows;
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
    const result = await this.#save(group);
    if ('isolate' in result && result.isolate && group.length > 1) {
      // One request may have spoilt the insert for its neighbours: each gets its own.
      for (const waiting of group) waiting.resolve(await this.#save([waiting]));
      return;
    }
    for (const waiting of group) waiting.resolve(result);
  }

  async #save(group: readonly Waiting[]): Promise<CommitResult> {
    const { spool, writer } = this.#parts;
    if (spool === undefined) return await this.#write(group, { retry: true });
    // While the store is known not to answer, nobody waits for it: the spool's replay finds out when it is back.
    const isAway = writer.health.problem !== '' && !spool.isEmpty;
    const written = isAway ? undefined : await this.#writeInTime(group);
    if (written !== undefined && (written.state !== 'unavailable' || (written.isolate && group.length > 1)))
      return written;
    try {
      await spool.append({
        requests: group.map(({ key, prepared }) => ({ key, batches: prepared })),
        runs: [...new Map(group.flatMap(({ runs }) => [...runs])).values()],
      });
      return { state: 'spooled' };
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      return { state: 'unavailable', problem, isolate: false };
    }
  }

  /** `undefined` when it takes too long; then it may still be stored, and is stored once with the spooled copy. */
  async #writeInTime(group: readonly Waiting[]): Promise<CommitResult | undefined> {
    let isLate = false;
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const cancel = this.#parts.clock.after(SPOOL_AFTER_MS, () => {
      isLate = true;
      resolve(undefined);
    });
    const result = await Promise.race([this.#write(group, { retry: false, isGivenUp: () => isLate }), late]);
    cancel();
    return result;
  }

  #write(group: readonly Waiting[], options: Parameters<StoreWriter['write']>[2]): Promise<CommitResult> {
    return this.#parts.writer.write(
      group.flatMap(({ prepared }) => prepared),
      tokenOf(group.map(({ key }) => key)),
      options,
    );
  }
}

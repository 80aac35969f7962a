import { createHash } from 'node:crypto';
import { SerialTask } from '../serial-task.ts';
import type { BatchWriter, PreparedBatch } from '../store/store.ts';
import { failureOf, type CommitResult } from './commit-result.ts';
import type { Clock } from './commit-pace.ts';
import { StoreHealth } from './store-health.ts';

/** Waits between tries of one write, ms: together less than the 10 s after which most senders give up. */
const RETRY_DELAYS_MS = [100, 500, 2_000] as const;

export interface WriteCounts {
  readonly commits: number;
  readonly rows: number;
  readonly retries: number;
}

export interface WriteOptions {
  /** Failures that may pass are tried again for 2.6 s. Otherwise the first one counts. */
  readonly retry: boolean;
  /** Asked when the write's turn has come: `true` leaves it out. */
  readonly isGivenUp?: () => boolean;
}

/** Writes into the store one after the other, tries again what may pass, and knows how the store does. */
export class StoreWriter {
  readonly health: StoreHealth;
  readonly #store: BatchWriter;
  readonly #clock: Clock;
  readonly #onCommitted: (rows: number, ms: number) => void;
  readonly #turns = new SerialTask();
  #counts = { commits: 0, rows: 0, retries: 0 };

  constructor(
    store: BatchWriter,
    clock: Clock,
    onCommitted: (rows: number, ms: number) => void = () => undefined,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#onCommitted = onCommitted;
    this.health = new StoreHealth(() => clock.now());
  }

  get counts(): WriteCounts {
    return { ...this.#counts };
  }

  /** Never rejects. The same token again stores nothing new. */
  write(
    batches: readonly PreparedBatch[],
    token: string,
    { retry, isGivenUp }: WriteOptions,
  ): Promise<CommitResult> {
    return this.#turns.run(async () => {
      if (isGivenUp?.() === true)
        return { state: 'unavailable', problem: 'given up before its turn', isolate: false };
      const delays = retry ? [...RETRY_DELAYS_MS, undefined] : [undefined];
      for (const retryDelayMs of delays) {
        const result = await this.#attempt(batches, token);
        if (result.state !== 'unavailable' || result.isolate || retryDelayMs === undefined) return result;
        this.#counts.retries += 1;
        await this.#pause(retryDelayMs);
      }
      throw new Error('unreachable: the last try returns');
    });
  }

  async #attempt(batches: readonly PreparedBatch[], token: string): Promise<CommitResult> {
    // Before the write: what is stored is given back at once.
    const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
    const beganAt = this.#clock.now();
    this.health.writeBegan();
    try {
      await this.#store.writePrepared(batches, token);
      this.health.writeEnded('');
      this.#counts.commits += 1;
      this.#counts.rows += rows;
      this.#onCommitted(rows, this.#clock.now() - beganAt);
      return { state: 'stored' };
    } catch (error) {
      const failure = failureOf(error);
      // What may come from one request says nothing about the store: others must not be turned away for it.
      this.health.writeEnded(failure.isolate ? '' : failure.problem);
      return failure;
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(ms, resolve);
    });
  }
}

/** Token of a commit, from the keys of the requests in it: the same requests together have the same one in every process. */
export function tokenOf(keys: readonly string[]): string {
  const hash = createHash('sha256');
  for (const key of keys) hash.update(`${key}\n`);
  return hash.digest('hex').slice(0, 32);
}

import type { CollectorStore } from '../config.ts';
import type { Batch } from '../records.ts';
import type { PreparedBatch } from '../store/store.ts';

/** Its own prepared form is the batches themselves, as one. */
class KeptBatch implements PreparedBatch {
  readonly batch: Batch;
  readonly rows: number;
  readonly bytes: number;

  constructor(batches: readonly Batch[], bytesPerRow: number = 100) {
    this.batch = {
      spans: batches.flatMap(({ spans }) => spans),
      logs: batches.flatMap(({ logs }) => logs),
      outcomes: batches.flatMap(({ outcomes }) => outcomes),
    };
    this.rows = this.batch.spans.length + this.batch.logs.length + this.batch.outcomes.length;
    this.bytes = this.rows * bytesPerRow;
  }
}

/** A store that keeps batches in memory and fails or waits when told to: what a database does rarely, on demand. */
export class MemoryStore implements CollectorStore {
  readonly batches: Batch[] = [];
  readonly tokens: string[] = [];
  readonly refreshed: { readonly project: string; readonly runId: string }[] = [];
  /** Thrown by the next writes, in order, before anything is kept. */
  readonly failures: Error[] = [];
  /** Thrown for batches it holds for, every time. */
  poison: { readonly error: Error; readonly holdsFor: (batch: Batch) => boolean } | undefined;
  staleRuns: { project: string; runId: string }[] = [];
  refreshFailures: Error[] = [];
  /** Size of what is prepared from now on. */
  bytesPerRow = 100;
  readonly #packed: KeptBatch[] = [];
  #gate: Promise<void> = Promise.resolve();
  #arrivals: (() => void)[] = [];

  /** Writes wait until the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#gate = promise.then(() => undefined);
    return () => resolve(undefined);
  }

  /** Resolves when the next write has begun. */
  nextWrite(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#arrivals.push(() => resolve(undefined));
    return promise.then(() => undefined);
  }

  prepare(batches: Iterable<Batch>): PreparedBatch {
    return new KeptBatch([...batches], this.bytesPerRow);
  }

  /** The bytes say where they are kept: packed batches live as long as this store. */
  pack(batches: readonly PreparedBatch[]): readonly Uint8Array[] {
    const kept = batches.filter((batch) => batch instanceof KeptBatch);
    const first = this.#packed.push(...kept) - kept.length;
    return [Buffer.from(JSON.stringify(kept.map((_, index) => first + index)))];
  }

  unpack(bytes: Uint8Array): readonly PreparedBatch[] {
    const places: unknown = JSON.parse(Buffer.from(bytes).toString());
    return Array.isArray(places) ? places.flatMap((place) => this.#packed[Number(place)] ?? []) : [];
  }

  async writePrepared(batches: readonly PreparedBatch[], token: string): Promise<void> {
    const kept = batches.filter((batch) => batch instanceof KeptBatch);
    const { batch } = new KeptBatch(kept.map((one) => one.batch));
    this.tokens.push(token);
    for (const arrived of this.#arrivals.splice(0)) arrived();
    await this.#gate;
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    if (this.poison?.holdsFor(batch) === true) throw this.poison.error;
    this.batches.push(batch);
  }

  async refresh(runs: readonly { readonly project: string; readonly runId: string }[]): Promise<void> {
    await Promise.resolve();
    const failure = this.refreshFailures.shift();
    if (failure !== undefined) throw failure;
    this.refreshed.push(...runs);
    this.staleRuns = this.staleRuns.filter(
      (stale) => !runs.some((run) => run.runId === stale.runId && run.project === stale.project),
    );
  }

  async stale(limit: number): Promise<{ project: string; runId: string }[]> {
    await Promise.resolve();
    return this.staleRuns.slice(0, limit);
  }
}

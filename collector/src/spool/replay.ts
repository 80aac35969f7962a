import type { CommitFailure } from '../commit/commit-result.ts';
import type { Clock } from '../commit/commit-pace.ts';
import { tokenOf, type StoreWriter } from '../commit/store-writer.ts';
import type { RunKey } from '../runs/run-key.ts';
import { SerialTask } from '../serial-task.ts';
import type { BatchWriter, PreparedBatch } from '../store/store.ts';
import type { SpoolRecord } from './record.ts';
import type { Spool } from './spool.ts';

/** Waits between tries while the store does not take a record, ms; the last one again and again. */
const RETRY_DELAYS_MS = [250, 500, 1_000, 2_000, 5_000] as const;
/** A record that fails this often, perhaps for a reason of its own, lets the others go first. */
const TRIES_MAX = 5;

export interface ReplayParts {
  readonly spool: Spool;
  readonly writer: StoreWriter;
  readonly store: Pick<BatchWriter, 'pack' | 'unpack'>;
  readonly clock: Clock;
  /** Told which runs got spans. */
  readonly onStored: (runs: readonly RunKey[]) => void;
  /** Told what a person should know. */
  readonly onProblem: (error: unknown) => void;
}

/** Stores what waits in the spool, in order, one record at a time, and goes on until nothing waits. */
export class Replay {
  readonly #parts: ReplayParts;
  readonly #turns = new SerialTask();
  #running: Promise<void> | undefined;
  #isStopped = false;
  #cancelPause: (() => void) | undefined;

  constructor(parts: ReplayParts) {
    this.#parts = parts;
  }

  /** Starts unless it runs. */
  wake(): void {
    if (this.#isStopped || this.#parts.spool.isEmpty) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Stores what waits now. @throws Error when the store does not take it */
  async drain(): Promise<void> {
    const { spool } = this.#parts;
    while (!spool.isEmpty) {
      const failure = await this.#replayFirst();
      if (failure !== undefined)
        throw new Error(`${spool.stats.rows} rows wait in the spool: ${failure.problem}`);
    }
  }

  /** Resolves when the write under way has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelPause?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { spool, onProblem } = this.#parts;
    for (let failures = 0; !this.#isStopped && !spool.isEmpty;) {
      try {
        const failure = await this.#replayFirst(failures >= TRIES_MAX);
        failures = failure === undefined ? 0 : failures + 1;
      } catch (error) {
        // The spool's own disk: what waits stays there.
        onProblem(error);
        failures += 1;
      }
      // Who stops meanwhile found no pause to end.
      if (failures > 0 && !this.#isStopped)
        await this.#pause(RETRY_DELAYS_MS[failures - 1] ?? RETRY_DELAYS_MS[4]);
    }
  }

  /** `undefined` when the first record is done with. */
  #replayFirst(letOthersGoFirst = false): Promise<CommitFailure | undefined> {
    return this.#turns.run(async () => {
      const { spool, onStored, onProblem } = this.#parts;
      const record = await spool.first();
      if (record === undefined) return undefined;
      if (record === 'damaged') {
        const rows = await spool.dropFirst();
        onProblem(new Error(`the spool's disk lost ${rows} rows: their record is damaged`));
        return undefined;
      }
      const batches = await this.#unpacked(record);
      if (batches === undefined) return undefined;
      const failures = await this.#store(record, batches);
      const passing = failures.find(({ state }) => state === 'unavailable');
      if (passing !== undefined) {
        if (letOthersGoFirst && passing.isolate) await spool.moveFirstBehind(record);
        return passing;
      }
      onStored(record.runs);
      if (failures.length === 0) await spool.removeFirst();
      else await this.#setAside(record, failures);
      return undefined;
    });
  }

  /** Requests of the record that are not stored, each with the reason. Stored ones are stored once, however often. */
  async #store(record: SpoolRecord, batches: readonly PreparedBatch[]): Promise<FailedRequest[]> {
    const { writer } = this.#parts;
    const token = tokenOf(record.requests.map(({ key }) => key));
    const together = await writer.write(batches, token, { retry: false });
    if (!('problem' in together)) return [];
    const requests = requestsOf(record, batches);
    if (!together.isolate || requests.length === 1)
      return requests.map((request) => ({ ...request, ...together }));
    const failed: FailedRequest[] = [];
    for (const request of requests) {
      const result = await writer.write(request.batches, tokenOf([request.key]), { retry: false });
      if ('problem' in result) failed.push({ ...request, ...result });
    }
    return failed;
  }

  /** `undefined` when these rows cannot be stored by this version: they are kept, and the others go on. */
  async #unpacked(record: SpoolRecord): Promise<readonly PreparedBatch[] | undefined> {
    try {
      return this.#parts.store.unpack(record.packed);
    } catch (error) {
      const file = await this.#parts.spool.setFirstAside(record);
      this.#parts.onProblem(new Error(`${record.rows} spooled rows are kept in ${file}`, { cause: error }));
      return undefined;
    }
  }

  async #setAside(record: SpoolRecord, failures: readonly FailedRequest[]): Promise<void> {
    const { spool, store, onProblem } = this.#parts;
    const batches = failures.flatMap((failure) => failure.batches);
    const file = await spool.setFirstAside({
      ...record,
      requests: failures.map(({ key, batches: own }) => ({ key, batches: own.length })),
      rows: batches.reduce((sum, batch) => sum + batch.rows, 0),
      packed: Buffer.concat(store.pack(batches)),
    });
    const [first] = failures;
    onProblem(new Error(`${failures.length} spooled requests are kept in ${file}: ${first?.problem ?? ''}`));
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#parts.clock.after(ms, resolve);
      this.#cancelPause = () => {
        cancel();
        resolve();
      };
    });
  }
}

interface Request {
  readonly key: string;
  readonly batches: readonly PreparedBatch[];
}

type FailedRequest = Request & CommitFailure;

function requestsOf({ requests }: SpoolRecord, batches: readonly PreparedBatch[]): Request[] {
  let at = 0;
  return requests.map(({ key, batches: count }) => ({ key, batches: batches.slice(at, (at += count)) }));
}

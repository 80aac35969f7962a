import type { Clock } from './commit/commit-pace.ts';
import { ByteBudget } from './commit/byte-budget.ts';
import { Committer } from './commit/committer.ts';
import { StoreWriter, type WriteCounts } from './commit/store-writer.ts';
import type { ResolvedCollectorConfig } from './config.ts';
import { DiskGuard } from './readiness/disk-guard.ts';
import { obstaclesOf } from './readiness/obstacles.ts';
import { Readiness } from './readiness/readiness.ts';
import type { RunKey } from './runs/run-key.ts';
import { Replay } from './spool/replay.ts';
import { Spool, type SpoolStats } from './spool/spool.ts';

/** Default of `spool.bytesMax`. */
const SPOOL_BYTES_MAX = 1_073_741_824;

export interface CommitPathParts {
  readonly clock: Clock;
  /** Epoch ms. */
  readonly now: () => number;
  /** Told which runs got spans from the spool. */
  readonly onReplayed: (runs: readonly RunKey[]) => void;
  /** Told of each insert that went well: its rows, and how long it took, ms. */
  readonly onCommitted: (rows: number, ms: number) => void;
  /** Told what a person should know. */
  readonly onProblem: (error: unknown) => void;
}

/** From accepted rows to the store: group commit, the spool beside it, and what is in the way. */
export class CommitPath {
  readonly budget: ByteBudget;
  readonly committer: Committer;
  readonly readiness: Readiness;
  readonly #writer: StoreWriter;
  readonly #spool: Spool | undefined;
  readonly #replay: Replay | undefined;
  readonly #disk: DiskGuard | undefined;
  readonly #onProblem: (error: unknown) => void;
  #isStopping = false;

  constructor(
    config: ResolvedCollectorConfig,
    { clock, now, onReplayed, onCommitted, onProblem }: CommitPathParts,
  ) {
    const { store, spool, diskGuard, commitIntervalMs: intervalMs } = config;
    this.#onProblem = onProblem;
    const writer = (this.#writer = new StoreWriter(store, clock, onCommitted));
    this.budget = new ByteBudget(config.bytesWaitingMax);
    if (spool !== false) {
      const { directory, bytesMax = SPOOL_BYTES_MAX } = spool;
      const opened = (this.#spool = new Spool(
        { directory, bytesMax },
        (batches) => store.pack(batches),
        now,
      ));
      this.#replay = new Replay({ spool: opened, writer, store, clock, onStored: onReplayed, onProblem });
    }
    if (diskGuard !== false) {
      const directories = [...diskGuard.directories, ...(spool === false ? [] : [spool.directory])];
      this.#disk = new DiskGuard({ ...diskGuard, directories });
    }
    const replay = this.#replay;
    const kept = this.#spool;
    this.committer = new Committer({
      writer,
      prepare: (batches) => store.prepare(batches),
      budget: this.budget,
      clock,
      intervalMs,
      spool: kept && {
        get isEmpty() {
          return kept.isEmpty;
        },
        append: async (commit) => {
          await kept.append(commit);
          replay?.wake();
        },
      },
    });
    this.readiness = new Readiness(
      obstaclesOf({
        isStopping: () => this.#isStopping,
        disk: this.#disk,
        spool: this.#spool,
        health: writer.health,
        budget: this.budget,
      }),
    );
  }

  get counts(): WriteCounts {
    return this.#writer.counts;
  }

  get spooled(): SpoolStats | undefined {
    return this.#spool?.stats;
  }

  /** Takes over what an earlier process spooled. @throws CollectorError `spool_unusable` */
  async open(): Promise<void> {
    for (const damage of (await this.#spool?.open()) ?? []) this.#onProblem(new Error(`spool: ${damage}`));
    await this.#disk?.start();
    this.#replay?.wake();
  }

  /** Readiness says from now on that nothing more is taken. */
  refuseNew(): void {
    this.#isStopping = true;
  }

  /** Everything that was accepted is in the store. @throws Error when some of it has to wait in the spool */
  async settle(): Promise<void> {
    await this.committer.flush();
    await this.#replay?.drain();
  }

  async close(): Promise<void> {
    this.#disk?.stop();
    await this.#replay?.stop();
    await this.#spool?.close();
  }
}

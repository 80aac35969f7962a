import { backUp, backupNameAt, optimizeStore, type Store } from '@tracelore/collector/store';

export type StoreWorkKind = 'backup' | 'optimize';

/** Work on the whole store that takes longer than a request. */
export interface StoreWork {
  readonly kind: StoreWorkKind;
  readonly state: 'running' | 'done' | 'failed' | 'interrupted';
  /** Where it stands, or what came of it, in words. */
  readonly progress: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
}

/** One piece of such work at a time: two backups, or a merge under a backup, would only take turns on the disk. */
export class StoreMaintenance {
  readonly #store: Pick<Store, 'driver' | 'database' | 'location'>;
  readonly #now: () => Date;
  #current: StoreWork | undefined;
  #ended: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(store: Pick<Store, 'driver' | 'database' | 'location'>, now: () => Date) {
    this.#store = store;
    this.#now = now;
  }

  /** The newest work, running or not. */
  get current(): StoreWork | undefined {
    return this.#current;
  }

  /** `undefined` = other work is under way. `name` is that of a backup; default: the time. */
  start(kind: StoreWorkKind, name?: string): StoreWork | undefined {
    if (this.#current?.state === 'running' || this.#stopped) return undefined;
    const startedAt = this.#now();
    const begun: StoreWork = {
      kind,
      state: 'running',
      progress: 'begun',
      startedAt: startedAt.toISOString(),
      finishedAt: null,
    };
    this.#current = begun;
    const work = kind === 'backup' ? this.#backUp(name ?? backupNameAt(startedAt)) : this.#optimize();
    this.#ended = work.then(
      ({ state, text }) => this.#finish(state, text),
      (error: unknown) => this.#finish('failed', error instanceof Error ? error.message : String(error)),
    );
    return begun;
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#ended;
  }

  /** Nothing new is begun, merging ends after the partition under way, a backup goes on: resolves when it is done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#ended;
  }

  async #backUp(name: string): Promise<Outcome> {
    const { place, bytes, tables } = await backUp(this.#store, {
      name,
      onProgress: (copied) => this.#tell(`${copied} bytes copied`),
    });
    const rows = Object.values(tables).reduce((sum, count) => sum + count, 0);
    return { state: 'done', text: `${place}: ${rows} rows, ${bytes} bytes` };
  }

  async #optimize(): Promise<Outcome> {
    let merged = 0;
    for await (const { table, partition, step, steps } of optimizeStore(this.#store)) {
      if (this.#stopped) return { state: 'interrupted', text: `${merged} of ${steps} partitions merged` };
      this.#tell(`${step} of ${steps}: ${table} ${partition}`);
      merged = step;
    }
    return { state: 'done', text: `${merged} partitions merged` };
  }

  #tell(progress: string): void {
    if (this.#current !== undefined) this.#current = { ...this.#current, progress };
  }

  #finish(state: StoreWork['state'], progress: string): void {
    if (this.#current !== undefined)
      this.#current = { ...this.#current, state, progress, finishedAt: this.#now().toISOString() };
  }
}

interface Outcome {
  readonly state: 'done' | 'interrupted';
  readonly text: string;
}

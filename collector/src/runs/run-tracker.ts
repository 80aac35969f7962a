import { SerialTask } from '../serial-task.ts';
import type { RunWriter } from '../store/store.ts';
import { keyOf, type RunKey } from './run-key.ts';

/** Runs recomputed in one call of the store. */
const RUNS_PER_REFRESH_MAX = 500;
/** Runs that an earlier process left, asked for together. */
const RUNS_PER_CATCH_UP_MAX = 10_000;
/** Runs that wait for quiet. Above it the longest waiting ones are recomputed early. */
const RUNS_WAITING_MAX = 50_000;
/** How often waiting runs are looked at, ms. The price is per look, not per run; whoever reads runs has them recomputed at once. */
const CHECK_INTERVAL_MS = 4_000;
/** How often the store is asked for runs that no span will touch again: open ones become abandoned, ms. */
const CATCH_UP_INTERVAL_MS = 300_000;

/** How far back that looks after the first time, ms: longer than an open run takes to be abandoned. */
const CATCH_UP_WITHIN_MS = 3_600_000;

export interface RunTrackerOptions {
  /** A run is recomputed when nothing came for it this long, ms. */
  readonly quietMs: number;
  /** Epoch ms. */
  readonly now: () => number;
  /** Told of every failure of the store; the work is tried again. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Keeps the `runs` table true: a run that got spans or outcomes is recomputed once it has been quiet. Failures are kept and
 * tried again; what a crash interrupts is caught up from the store at the next start.
 */
export class RunTracker {
  readonly #store: RunWriter;
  readonly #options: RunTrackerOptions;
  /** Insertion order = order of the last touch: the first one has been quiet for longest. */
  readonly #touched = new Map<string, RunKey & { readonly at: number }>();
  readonly #work = new SerialTask();
  #timers: ReturnType<typeof setInterval>[] = [];
  #refreshed = 0;
  #problem = '';

  constructor(store: RunWriter, options: RunTrackerOptions) {
    this.#store = store;
    this.#options = options;
  }

  get refreshed(): number {
    return this.#refreshed;
  }

  get waiting(): number {
    return this.#touched.size;
  }

  get problem(): string {
    return this.#problem;
  }

  /** Notes runs to which a commit has added. */
  touch(runs: Iterable<RunKey>): void {
    const at = this.#options.now();
    for (const { project, runId } of runs) {
      const key = keyOf(project, runId);
      this.#touched.delete(key);
      this.#touched.set(key, { project, runId, at });
    }
  }

  /** Starts the clock and catches up on runs that an earlier process left behind. */
  start(): void {
    const catchUp = (withinMs?: number): void =>
      void this.#work.run(() => this.#guarded(() => this.#catchUp(withinMs)));
    this.#timers.push(
      setInterval(() => void this.check(), CHECK_INTERVAL_MS).unref(),
      setInterval(() => catchUp(CATCH_UP_WITHIN_MS), CATCH_UP_INTERVAL_MS).unref(),
    );
    catchUp();
  }

  stop(): void {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
  }

  /** Recomputes everything touched so far, quiet or not. Rejects when the store fails. */
  async settle(): Promise<void> {
    await this.#work.run(() => this.#refresh(Number.POSITIVE_INFINITY));
  }

  /** Recomputes the runs that have been quiet. Never rejects: a failure is in {@link problem}. */
  check(): Promise<void> {
    // A store slower than the interval must not pile up checks.
    if (this.#work.busy) return Promise.resolve();
    return this.#work.run(() =>
      this.#guarded(() => this.#refresh(this.#options.now() - this.#options.quietMs)),
    );
  }

  /**
   * Recomputes runs last touched at or before `quietSince`, oldest first. What is touched meanwhile is for the next time: under
   * load something always is, and a reader would wait for runs that came after the question.
   */
  async #refresh(quietSince: number): Promise<void> {
    const due: [string, RunKey & { readonly at: number }][] = [];
    for (const entry of this.#touched) {
      const surplus = this.#touched.size - due.length > RUNS_WAITING_MAX;
      if (entry[1].at > quietSince && !surplus) break;
      due.push(entry);
    }
    for (let from = 0; from < due.length; from += RUNS_PER_REFRESH_MAX) {
      const portion = due.slice(from, from + RUNS_PER_REFRESH_MAX);
      await this.#refreshRuns(portion.map(([, run]) => run));
      for (const [key, run] of portion) if (this.#touched.get(key) === run) this.#touched.delete(key);
    }
  }

  /**
   * Ends at the runs that wait here anyway: under load there are always some. They have their turn in between, since there may
   * be much to catch up on.
   */
  async #catchUp(withinMs?: number): Promise<void> {
    for (let previous = ''; ;) {
      const stale = await this.#store.stale(RUNS_PER_CATCH_UP_MAX, withinMs);
      const missed = stale.filter(({ project, runId }) => !this.#touched.has(keyOf(project, runId)));
      const first = missed[0] === undefined ? '' : keyOf(missed[0].project, missed[0].runId);
      // The same run first again: recomputing did not help, and the next start tries again.
      if (first === '' || first === previous) return;
      previous = first;
      for (let from = 0; from < missed.length; from += RUNS_PER_REFRESH_MAX) {
        await this.#refreshRuns(missed.slice(from, from + RUNS_PER_REFRESH_MAX));
        await this.#refresh(this.#options.now() - this.#options.quietMs);
      }
    }
  }

  async #refreshRuns(runs: readonly RunKey[]): Promise<void> {
    await this.#store.refresh(
      runs.map(({ project, runId }) => ({ project, runId })),
      this.#options.now(),
    );
    this.#refreshed += runs.length;
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#problem = '';
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
      this.#options.onFailure(error);
    }
  }
}

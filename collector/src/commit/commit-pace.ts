/** Time as the commit pace sees it; tests drive it by hand. */
export interface Clock {
  /** Monotonic, ms. */
  now(): number;
  /** Calls back once after `ms`, at once (in a later turn) for 0; returns how to cancel. */
  after(ms: number, call: () => void): () => void;
}

export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  after: (ms, call) => {
    if (ms <= 0) {
      const immediate = setImmediate(call);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

/** Commits that may follow each other at once after a quiet time, so that a short burst is not slowed down. */
const BURST_COMMITS = 5;

/**
 * When the next commit may start. A commit costs about the same for 1 row as for 1 000, so under a steady trickle there is
 * one per interval; after quiet time up to {@link BURST_COMMITS} go at once. Bounded wait: a row waits one interval at most.
 */
export class CommitPace {
  readonly #intervalMs: number;
  readonly #clock: Clock;
  /** Time at which the allowance was full; each commit moves it on by one interval. */
  #fullAt = Number.NEGATIVE_INFINITY;

  constructor(intervalMs: number, clock: Clock) {
    this.#intervalMs = intervalMs;
    this.#clock = clock;
  }

  whenDue(call: () => void): () => void {
    const reserveMs = this.#intervalMs * (BURST_COMMITS - 1);
    return this.#clock.after(Math.max(0, this.#fullAt - reserveMs - this.#clock.now()), call);
  }

  spend(): void {
    const reserveMs = this.#intervalMs * BURST_COMMITS;
    const now = this.#clock.now();
    // Commits that were due by size may overdraw; the debt is capped so that the next row waits one interval at most.
    this.#fullAt = Math.min(Math.max(this.#fullAt, now) + this.#intervalMs, now + reserveMs);
  }
}

/** A write that takes longer counts as stalled, ms: no ordinary insert does. */
export const STALLED_AFTER_MS = 5_000;
/** After a failure the next request that may try its luck is let in after this, ms. */
export const PROBE_INTERVAL_MS = 1_000;

/** A failure says this long how the store is, ms. Who is sent no data because of it could not find out otherwise. */
export const FAILURE_COUNTS_MS = 10_000;

/** How the store takes writes, as the latest ones show. There is one write at a time. */
export class StoreHealth {
  readonly #now: () => number;
  #begunAt: number | undefined;
  #failure: { readonly problem: string; readonly at: number } | undefined;

  /** @param now monotonic, ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  writeBegan(): void {
    this.#begunAt = this.#now();
  }

  /** @param problem `''` when the store took the write, or did not for what may lie in it */
  writeEnded(problem: string): void {
    this.#begunAt = undefined;
    this.#failure = problem === '' ? undefined : { problem, at: this.#now() };
  }

  /** Why the store does not take data; `''` when it does, as far as is known. */
  get problem(): string {
    const since = this.#stalledMs();
    if (since !== undefined) return `the store has not answered a write for ${Math.round(since / 1_000)} s`;
    return this.#failure === undefined ? '' : `the store does not take data: ${this.#failure.problem}`;
  }

  /**
   * Whether new data should be turned away: a write hangs, or one failed a moment ago. Later requests are let in again, so
   * that one of them finds out.
   */
  get refuses(): boolean {
    if (this.#stalledMs() !== undefined) return true;
    return this.#failure !== undefined && this.#now() < this.#failure.at + PROBE_INTERVAL_MS;
  }

  /** Whether the latest write failed not long ago, or hangs. */
  get isFailing(): boolean {
    if (this.#stalledMs() !== undefined) return true;
    return this.#failure !== undefined && this.#now() < this.#failure.at + FAILURE_COUNTS_MS;
  }

  #stalledMs(): number | undefined {
    const ms = this.#begunAt === undefined ? 0 : this.#now() - this.#begunAt;
    return ms >= STALLED_AFTER_MS ? ms : undefined;
  }
}

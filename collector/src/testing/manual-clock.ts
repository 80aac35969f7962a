import type { Clock } from '../commit/commit-pace.ts';

/** Time that moves when a test says so. */
export class ManualClock implements Clock {
  #now = 0;
  #timers: { at: number; readonly call: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.#now + ms, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Moves on and runs what has become due, after everything already under way and before what follows from it. */
  async advance(ms: number): Promise<void> {
    await turn();
    this.#now += ms;
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    this.#timers = this.#timers.filter(({ at }) => at > this.#now);
    for (const { call } of due) call();
    await turn();
  }
}

/** Lets all resolved promises run their course. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

import { setTimeout as rest } from 'node:timers/promises';

/** Work in a row before others have their turn, ms. */
const WORK_MS = 2;
/**
 * Pause after it, ms: long enough for requests that came meanwhile to be answered, not only to take their next step, and
 * short enough that work gets most of the time when nobody asks.
 */
const REST_MS = 1;

/**
 * Keeps long work from holding up the requests that the same process answers. A process of its own for the learning pass would
 * do that too, but would need a copy of every rule and index, a way to be restarted, and messages for what is read and
 * written; what is long about a pass are a few loops over rules, runs and tasks.
 */
export class Pace {
  #endAt: number = performance.now() + WORK_MS;

  /** Ends at once while the turn lasts: `if (pace.isOver) await pace.rest();`. */
  get isOver(): boolean {
    return performance.now() >= this.#endAt;
  }

  /** Lets others have their turn; the next one begins when it resolves. */
  async rest(): Promise<void> {
    await rest(REST_MS);
    this.#endAt = performance.now() + WORK_MS;
  }

  /** The first item that passes, looked for in turns. */
  async find<Item>(items: readonly Item[], passes: (item: Item) => boolean): Promise<Item | undefined> {
    for (const item of items) {
      if (this.isOver) await this.rest();
      if (passes(item)) return item;
    }
    return undefined;
  }
}

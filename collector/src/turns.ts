import { setImmediate } from 'node:timers/promises';

/**
 * Work at a time before everything else has its turn, ms: an answer from memory takes one or two, and waits for no more than that.
 * Giving way costs some ten microseconds.
 */
const TURN_MS = 2;

/** Cuts long work into turns, so that other requests go on beside it. */
export class Turns {
  readonly #now: () => number;
  #endAt: number;

  /** @param now monotonic, ms */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#endAt = now() + TURN_MS;
  }

  get isOver(): boolean {
    return this.#now() >= this.#endAt;
  }

  /** Lets everything else that is due happen first. */
  async next(): Promise<void> {
    await setImmediate();
    this.#endAt = this.#now() + TURN_MS;
  }

  /** Item by item, with everybody else's turn between two whenever this one is over. */
  async *through<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
    for (const item of items) {
      yield item;
      if (this.isOver) await this.next();
    }
  }

  /** What there is to take in this turn: at least one item, then until the turn is over. */
  *take<Item>(items: Iterator<Item>): Generator<Item> {
    do {
      const { done, value } = items.next();
      if (done === true) return;
      yield value;
    } while (!this.isOver);
  }
}

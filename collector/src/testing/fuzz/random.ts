import type { Buffer } from 'node:buffer';

/** Numbers that follow from a seed: the same seed gives the same inputs (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Integer in [0, limit). */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  /** True once in `times` on average. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  /** The shortest of three: work grows with length, and most faults need little of it. */
  pickShort(items: readonly Buffer[]): Buffer {
    const [one, two, three] = [this.pick(items), this.pick(items), this.pick(items)];
    const shorter = one.length <= two.length ? one : two;
    return shorter.length <= three.length ? shorter : three;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('pick: expected at least one item');
    return item;
  }
}

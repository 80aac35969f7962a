/**
 * Bytes that may wait in memory at a time: bodies while they arrive, then the rows made of them until they are stored. A
 * fixed sum, so that load ends in 503 and never in a full heap.
 */
export class ByteBudget {
  readonly bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes that may still come. */
  get left(): number {
    return Math.max(0, this.bytesMax - this.#bytes);
  }

  /** A share that grows as bytes arrive and is given back as a whole. */
  share(): BudgetShare {
    let held = 0;
    return {
      grow: (bytes) => {
        if (bytes > 0 && this.#bytes + bytes > this.bytesMax) return false;
        this.#bytes += bytes;
        held += bytes;
        return true;
      },
      release: () => {
        this.#bytes -= held;
        held = 0;
      },
    };
  }

  /**
   * Counts bytes that are there already, room or not: rows of a body that was let in. They may be a few times as many as
   * the body's; until they are stored nothing else is let in. Call the result when they are gone.
   */
  hold(bytes: number): () => void {
    this.#bytes += bytes;
    let isHeld = true;
    return () => {
      if (isHeld) this.#bytes -= bytes;
      isHeld = false;
    };
  }
}

export interface BudgetShare {
  /** False when the budget is used up: nothing was added. Negative bytes are given back. */
  grow(bytes: number): boolean;
  release(): void;
}

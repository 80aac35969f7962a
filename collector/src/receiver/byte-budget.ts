/** Bytes of request bodies that may wait in memory at a time. A fixed sum, so that load ends in 503 and never in a full heap. */
export class ByteBudget {
  readonly bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** A share that grows as bytes arrive and is given back as a whole. */
  share(): BudgetShare {
    let held = 0;
    return {
      grow: (bytes) => {
        if (this.#bytes + bytes > this.bytesMax) return false;
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
}

export interface BudgetShare {
  /** False when the budget is used up: nothing was added. */
  grow(bytes: number): boolean;
  release(): void;
}

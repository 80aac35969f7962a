/** Something found, with its score. */
export interface Hit {
  readonly id: string;
  readonly score: number;
}

/** Order of every ranking here: higher score first, ties by id ascending (code units, not locale). */
export function compareHits(a: Hit, b: Hit): number {
  if (a.score !== b.score) return b.score - a.score;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Keeps the best `limit` of any number of hits, in a heap with the worst one kept on top. */
export class Top {
  readonly #limit: number;
  readonly #heap: Hit[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Scores below this cannot enter; saves the caller the id of a hit that has no chance. */
  get scoreMin(): number {
    return this.#heap.length < this.#limit ? Number.NEGATIVE_INFINITY : (this.#heap[0]?.score ?? 0);
  }

  add(hit: Hit): void {
    const heap = this.#heap;
    if (heap.length < this.#limit) {
      heap.push(hit);
      this.#rise(heap.length - 1);
      return;
    }
    const worst = heap[0];
    if (worst === undefined || compareHits(hit, worst) >= 0) return;
    heap[0] = hit;
    this.#sink();
  }

  /** Best first. */
  sorted(): Hit[] {
    return this.#heap.toSorted(compareHits);
  }

  #rise(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#swapIfWorse(at, parent)) return;
      at = parent;
    }
  }

  #sink(): void {
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      const child = this.#worse(right, left) ? right : left;
      if (!this.#swapIfWorse(child, at)) return;
      at = child;
    }
  }

  #worse(a: number, b: number): boolean {
    const first = this.#heap[a];
    const second = this.#heap[b];
    return first !== undefined && second !== undefined && compareHits(first, second) > 0;
  }

  #swapIfWorse(child: number, parent: number): boolean {
    const lower = this.#heap[child];
    const upper = this.#heap[parent];
    if (lower === undefined || upper === undefined || compareHits(lower, upper) <= 0) return false;
    this.#heap[child] = upper;
    this.#heap[parent] = lower;
    return true;
  }
}

/** What was found, best first: ids, and the score of each at its place. Two lists: an object per hit was most of the garbage. */
export interface Hits {
  readonly ids: readonly string[];
  readonly scores: Float64Array;
}

/**
 * Keeps the best `limit` of any number of hits, in a heap with the worst one kept on top. The order of every ranking here:
 * higher score first, ties by id ascending (code units, not locale). Places are handed about and not scores: a number with a
 * fraction is an object of its own wherever it is an argument.
 */
export class Top {
  /** Scores below this cannot enter; saves the caller the id of a hit that has no chance. */
  scoreMin: number = Number.NEGATIVE_INFINITY;
  readonly #limit: number;
  /** One more place than there are hits, for the one that asks to come in. */
  readonly #scores: Float64Array;
  readonly #ids: string[] = [];

  constructor(limit: number) {
    this.#limit = limit;
    this.#scores = new Float64Array(limit + 1);
  }

  add(id: string, score: number): void {
    const size = this.#ids.length;
    this.#ids.push(id);
    this.#scores[size] = score;
    if (size < this.#limit) this.#rise(size);
    else {
      if (this.#isBehind(0, size)) this.#swap(0, size);
      this.#ids.pop();
      this.#sink();
    }
    if (this.#ids.length === this.#limit) this.scoreMin = this.#scores[0] ?? 0;
  }

  /** Takes them all out. */
  take(): Hits {
    const { length } = this.#ids;
    const ids = this.#ids.slice();
    const scores = new Float64Array(length);
    for (let at = length - 1; at >= 0; at--) {
      ids[at] = this.#ids[0] ?? '';
      scores[at] = this.#scores[0] ?? 0;
      this.#swap(0, at);
      this.#ids.pop();
      this.#sink();
    }
    this.scoreMin = Number.NEGATIVE_INFINITY;
    return { ids, scores };
  }

  /** Moves the hit at this place up as far as it is worse. */
  #rise(from: number): void {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!this.#isBehind(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  /** Moves the hit at the top down as far as it is better. */
  #sink(): void {
    const size = this.#ids.length;
    for (let at = 0; ;) {
      let child = 2 * at + 1;
      if (child >= size) return;
      if (child + 1 < size && this.#isBehind(child + 1, child)) child += 1;
      if (!this.#isBehind(child, at)) return;
      this.#swap(at, child);
      at = child;
    }
  }

  #isBehind(place: number, other: number): boolean {
    const score = this.#scores[place] ?? 0;
    const otherScore = this.#scores[other] ?? 0;
    if (score !== otherScore) return score < otherScore;
    return (this.#ids[place] ?? '') > (this.#ids[other] ?? '');
  }

  #swap(place: number, other: number): void {
    const scores = this.#scores;
    const ids = this.#ids;
    const score = scores[place] ?? 0;
    const id = ids[place] ?? '';
    scores[place] = scores[other] ?? 0;
    ids[place] = ids[other] ?? '';
    scores[other] = score;
    ids[other] = id;
  }
}

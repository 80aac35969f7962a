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

/** Whether a hit stands behind another one in that order. */
function isBehind(score: number, id: string, otherScore: number, otherId: string): boolean {
  return score < otherScore || (score === otherScore && id > otherId);
}

/** Keeps the best `limit` of any number of hits, in a heap with the worst one kept on top. */
export class Top {
  /** Scores below this cannot enter; saves the caller the id of a hit that has no chance. */
  scoreMin: number = Number.NEGATIVE_INFINITY;
  readonly #limit: number;
  readonly #scores: Float64Array;
  readonly #ids: string[] = [];

  constructor(limit: number) {
    this.#limit = limit;
    this.#scores = new Float64Array(limit);
  }

  add(id: string, score: number): void {
    const ids = this.#ids;
    if (ids.length < this.#limit) {
      ids.push(id);
      this.#rise(ids.length - 1, id, score);
    } else if (this.#limit > 0 && isBehind(this.#scores[0] ?? 0, ids[0] ?? '', score, id)) {
      this.#sink(id, score);
    }
    if (ids.length === this.#limit) this.scoreMin = this.#scores[0] ?? Number.POSITIVE_INFINITY;
  }

  /** Best first. */
  sorted(): Hit[] {
    return this.#ids.map((id, at) => ({ id, score: this.#scores[at] ?? 0 })).sort(compareHits);
  }

  /** Puts a hit at a free place, or above it as far as it is worse. */
  #rise(from: number, id: string, score: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBehind(score, id, this.#scores[parent] ?? 0, this.#ids[parent] ?? '')) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#scores[at] = score;
    this.#ids[at] = id;
  }

  /** Puts a hit at the top, or below it as far as it is better. */
  #sink(id: string, score: number): void {
    const size = this.#ids.length;
    let at = 0;
    for (;;) {
      const child = this.#worse(2 * at + 1, 2 * at + 2);
      if (child >= size || !isBehind(this.#scores[child] ?? 0, this.#ids[child] ?? '', score, id)) break;
      this.#move(child, at);
      at = child;
    }
    this.#scores[at] = score;
    this.#ids[at] = id;
  }

  #worse(left: number, right: number): number {
    if (right >= this.#ids.length) return left;
    const [scores, ids] = [this.#scores, this.#ids];
    return isBehind(scores[right] ?? 0, ids[right] ?? '', scores[left] ?? 0, ids[left] ?? '') ? right : left;
  }

  #move(from: number, to: number): void {
    this.#scores[to] = this.#scores[from] ?? 0;
    this.#ids[to] = this.#ids[from] ?? '';
  }
}

import { documentTerms } from './terms.ts';

/** A text as its distinct terms: `terms[i]` occurs `counts[i]` times; `length` counts every occurrence. */
export interface TermBag {
  readonly terms: Uint32Array;
  readonly counts: Uint32Array;
  readonly length: number;
}

/** A query as its distinct terms with their weights. Terms no document was ever seen with are left out. */
export interface TermQuery {
  readonly terms: Uint32Array;
  readonly weights: Float64Array;
}

/** Numbers for terms, so that rankings work on integers. Numbers mean nothing outside and never reach a ranking. */
export class Vocabulary {
  readonly #numbers = new Map<string, number>();
  /** For a query: where each term stands in it, -1 = nowhere. Left with -1 alone. */
  #places = new Int32Array(0);

  get size(): number {
    return this.#numbers.size;
  }

  document(text: string): TermBag {
    const counts = new Map<number, number>();
    const terms = documentTerms(text);
    for (const term of terms) {
      const number = this.#intern(term);
      counts.set(number, (counts.get(number) ?? 0) + 1);
    }
    return {
      terms: Uint32Array.from(counts.keys()),
      counts: Uint32Array.from(counts.values()),
      length: terms.length,
    };
  }

  /** `found`: terms with their weight, as `queryTerms` gives them. */
  query(found: ReadonlyMap<string, number>): TermQuery {
    const terms: number[] = [];
    const weights: number[] = [];
    for (const [term, weight] of found) {
      const number = this.#numbers.get(term);
      if (number === undefined) continue;
      terms.push(number);
      weights.push(weight);
    }
    return { terms: Uint32Array.from(terms), weights: Float64Array.from(weights) };
  }

  /** Calls `use` with where each term stands in the query, -1 = nowhere; what it is given holds during the call. */
  withPlaces<Result>({ terms }: TermQuery, use: (places: Int32Array) => Result): Result {
    if (this.#places.length < this.size) this.#places = new Int32Array(this.size * 2).fill(-1);
    const places = this.#places;
    for (const [place, term] of terms.entries()) places[term] = place;
    try {
      return use(places);
    } finally {
      for (const term of terms) places[term] = -1;
    }
  }

  #intern(term: string): number {
    const known = this.#numbers.get(term);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(term, number);
    return number;
  }
}

import { lengthDiscount, saturation } from './bm25.ts';

/**
 * Numbers for the ways in which a term occurs: how often, in a text of which length. A corpus knows some hundreds of them, so
 * what each is worth is computed once and not for every document that a search looks at.
 */
export class Occurrences {
  readonly #numbers = new Map<number, Map<number, number>>();
  readonly #counts: number[] = [];
  readonly #lengths: number[] = [];
  #shares = new Float64Array(0);
  #meanLength = Number.NaN;

  /** Number of a term's occurring `count` times among `length` terms. */
  number(count: number, length: number): number {
    const ofLength = this.#numbers.get(length) ?? new Map<number, number>();
    const known = ofLength.get(count);
    if (known !== undefined) return known;
    const number = this.#counts.length;
    this.#numbers.set(length, ofLength.set(count, number));
    this.#counts.push(count);
    this.#lengths.push(length);
    return number;
  }

  /** By number: the share of a document's score, before the term's own weight. */
  shares(meanLength: number): Float64Array {
    if (meanLength !== this.#meanLength || this.#shares.length < this.#counts.length) {
      this.#meanLength = meanLength;
      this.#shares = Float64Array.from(this.#counts, (count, number) =>
        saturation(count, lengthDiscount(this.#lengths[number] ?? 0, meanLength)),
      );
    }
    return this.#shares;
  }
}

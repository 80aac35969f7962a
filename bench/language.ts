import { createHash } from 'node:crypto';

/** Words of the language, and how strongly the frequent ones prevail (Zipf): compresses about as prose does. */
const WORDS = 20_000;
const ZIPF_EXPONENT = 1.05;

/** Text of made-up words with the frequencies of a natural language. */
export class Language {
  readonly #words: readonly string[];
  readonly #cumulative: Float64Array;
  #state: number;

  constructor(seed: string) {
    this.#state = createHash('sha256').update(seed).digest().readUInt32LE(0);
    this.#words = Array.from({ length: WORDS }, (_, rank) => this.#word(rank));
    this.#cumulative = new Float64Array(WORDS);
    let sum = 0;
    for (let rank = 0; rank < WORDS; rank += 1) {
      sum += 1 / (rank + 1) ** ZIPF_EXPONENT;
      this.#cumulative[rank] = sum;
    }
  }

  /** A text within these bounds; on a logarithmic scale short ones are as frequent as long ones. */
  textBetween(bytesMin: number, bytesMax: number): string {
    return this.text(bytesMin * (bytesMax / bytesMin) ** this.#random());
  }

  text(bytes: number): string {
    const sentences: string[] = [];
    for (let length = 0; length < bytes;) {
      const words = Array.from({ length: this.between(4, 18) }, () => this.#pick());
      const sentence = `${words.join(' ')}${this.#random() < 0.1 ? ` ${this.between(1, 99_999)}` : ''}. `;
      sentences.push(sentence);
      length += sentence.length;
    }
    return sentences.join('').slice(0, Math.floor(bytes));
  }

  between(low: number, high: number): number {
    return Math.floor(low + this.#random() * (high - low));
  }

  #pick(): string {
    const at = this.#random() * (this.#cumulative.at(-1) ?? 0);
    let [low, high] = [0, WORDS - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#cumulative[middle] ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return this.#words[low] ?? '';
  }

  /** Frequent words are short. */
  #word(rank: number): string {
    const syllables = 1 + Math.floor(Math.log10(rank + 1) / 1.4 + this.#random());
    const syllable = (): string => {
      const onset = 'bcdfghklmnprstvw'[this.between(0, 16)] ?? '';
      const vowel = 'aeiou'[this.between(0, 5)] ?? '';
      const coda = 'nrstl'[this.between(0, 8)] ?? '';
      return onset + vowel + coda;
    };
    return Array.from({ length: syllables }, syllable).join('');
  }

  /** mulberry32 */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
}

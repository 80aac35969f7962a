/** Requests whose answers are remembered. At 200 bytes each about 13 MB; at 10 requests a second nearly two hours. */
const RECENT_REQUESTS_MAX = 65_536;

/**
 * Answers of requests that were stored, by content: a sender that lost our answer sends the same bytes again and must not
 * store them twice. The same request while the first is still on its way shares its answer. Failed requests are forgotten.
 */
export class RecentRequests<Answer> {
  readonly #answers = new Map<string, Promise<Answer>>();
  readonly #entriesMax: number;
  #repeated = 0;

  constructor(entriesMax: number = RECENT_REQUESTS_MAX) {
    this.#entriesMax = entriesMax;
  }

  /** Requests answered from memory. */
  get repeated(): number {
    return this.#repeated;
  }

  /** The answer for `key`, made by `answer` unless it is known. */
  once(key: string, answer: () => Promise<Answer>): Promise<Answer> {
    const known = this.#answers.get(key);
    if (known !== undefined) {
      this.#repeated += 1;
      return known;
    }
    const made = answer();
    this.#answers.set(key, made);
    made.catch(() => this.#answers.delete(key));
    const oldest = this.#answers.keys().next();
    if (this.#answers.size > this.#entriesMax && oldest.done === false) this.#answers.delete(oldest.value);
    return made;
  }
}

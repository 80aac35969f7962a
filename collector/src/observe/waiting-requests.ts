import type { Signal } from '../decode/decoded-request.ts';
import type { RequestTimings } from './request-timings.ts';

/** Requests that have been read and are not answered: since when, and how long it took until they were stored. */
export class WaitingRequests {
  readonly #timings: Pick<RequestTimings, 'stored'>;
  readonly #now: () => number;
  /** In the order in which they came. */
  readonly #since = new Set<{ readonly at: number }>();

  /** @param now monotonic, ms */
  constructor(timings: Pick<RequestTimings, 'stored'>, now: () => number) {
    this.#timings = timings;
    this.#now = now;
  }

  /** Since the oldest waits, ms; 0 when none does. */
  get oldestMs(): number {
    const oldest = this.#since.values().next();
    return oldest.done === true ? 0 : this.#now() - oldest.value.at;
  }

  /** The same promise's end, watched. */
  async until<Answer>(signal: Signal, stored: Promise<Answer>): Promise<Answer> {
    const request = { at: this.#now() };
    this.#since.add(request);
    try {
      const answer = await stored;
      this.#timings.stored(signal, this.#now() - request.at);
      return answer;
    } finally {
      this.#since.delete(request);
    }
  }
}

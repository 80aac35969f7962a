import { callApi } from './api.ts';
import type { Config } from './config.ts';
import { decodeKnowledgeAnswer, type KnowledgeAnswer, type KnowledgeRequest } from './contract/knowledge.ts';
import { recordFault } from './diagnostics.ts';
import { KNOWLEDGE_FRESH_MS, KNOWLEDGE_STALE_MAX_MS, KnowledgeCache } from './knowledge-cache.ts';

/** Different questions asked at the same time; more are answered from the cache or not at all. */
const QUESTIONS_IN_FLIGHT_MAX = 256;
/** A late answer still fills the cache if it comes within this time, ms. */
const LATE_ANSWER_MAX_MS = 2_000;
/** After so many failures in a row the service is left alone for {@link PAUSE_MS}. */
const FAILURES_BEFORE_PAUSE = 5;
const PAUSE_MS = 2_000;

/** Where an answer came from; stands on the `search_memory` span. */
export type KnowledgeSource = 'service' | 'cache' | 'stale' | 'none';

export interface SourcedAnswer {
  readonly source: KnowledgeSource;
  /** Absent for source `none`. */
  readonly answer?: KnowledgeAnswer;
}

/**
 * Asks the service within a deadline and never rejects. Equal questions asked at the same time are one request. An
 * answer is reused only for the very same unit: what another unit was given is another coin's outcome.
 */
export class KnowledgeClient {
  readonly #cache = new KnowledgeCache();
  readonly #inFlight = new Map<string, Promise<KnowledgeAnswer | undefined>>();
  #failures = 0;
  #pausedUntil = 0;

  async ask(
    config: Config,
    request: KnowledgeRequest,
    deadlineMs: number,
    signal?: AbortSignal,
  ): Promise<SourcedAnswer> {
    const key = questionKey(config, request);
    const fresh = this.#cache.get(key, KNOWLEDGE_FRESH_MS, performance.now());
    if (fresh !== undefined) return { source: 'cache', answer: fresh };
    const answer = await within(deadlineMs, this.#request(config, key, request, deadlineMs), signal);
    if (answer !== undefined) return { source: 'service', answer };
    const stale = this.#cache.get(key, KNOWLEDGE_STALE_MAX_MS, performance.now());
    return stale === undefined ? { source: 'none' } : { source: 'stale', answer: stale };
  }

  /** Forgets every answer and failure. */
  reset(): void {
    this.#cache.clear();
    this.#failures = 0;
    this.#pausedUntil = 0;
  }

  async #request(
    config: Config,
    key: string,
    request: KnowledgeRequest,
    deadlineMs: number,
  ): Promise<KnowledgeAnswer | undefined> {
    const shared = this.#inFlight.get(key);
    if (shared !== undefined) return shared;
    if (performance.now() < this.#pausedUntil) return undefined;
    if (this.#inFlight.size >= QUESTIONS_IN_FLIGHT_MAX) {
      recordFault('knowledge_overload', `more than ${QUESTIONS_IN_FLIGHT_MAX} questions in flight`);
      return undefined;
    }
    const asked = this.#fetch(config, key, request, Math.max(deadlineMs, LATE_ANSWER_MAX_MS));
    this.#inFlight.set(key, asked);
    return asked;
  }

  async #fetch(
    config: Config,
    key: string,
    request: KnowledgeRequest,
    timeoutMs: number,
  ): Promise<KnowledgeAnswer | undefined> {
    try {
      const decoded = decodeKnowledgeAnswer(
        await callApi(config, '/v1/knowledge/get', request, { timeoutMs }),
      );
      if (!decoded.ok) throw new Error(`not a knowledge answer: ${decoded.problems.join('; ')}`);
      this.#cache.put(key, decoded.value, performance.now());
      this.#failures = 0;
      return decoded.value;
    } catch (error) {
      this.#failures += 1;
      if (this.#failures >= FAILURES_BEFORE_PAUSE) this.#pausedUntil = performance.now() + PAUSE_MS;
      recordFault('knowledge', `no knowledge from ${config.apiUrl}`, error);
      return undefined;
    } finally {
      this.#inFlight.delete(key);
    }
  }
}

/** The run is part of the key only through the unit: two runs of one conversation share an answer. */
function questionKey(config: Config, request: KnowledgeRequest): string {
  const { run, ...question } = request;
  return JSON.stringify([config.apiUrl, config.apiKey, question.unit ?? run ?? '', question]);
}

/** The promise's value, or `undefined` once the deadline has passed or the signal aborted. */
function within<T>(
  deadlineMs: number,
  promise: Promise<T | undefined>,
  signal?: AbortSignal,
): Promise<T | undefined> {
  return new Promise((resolve) => {
    const finish = (value: T | undefined): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      resolve(value);
    };
    const abort = (): void => finish(undefined);
    const timer = setTimeout(() => {
      recordFault('knowledge_deadline', `no knowledge within ${deadlineMs} ms`);
      finish(undefined);
    }, deadlineMs);
    if (signal?.aborted === true) abort();
    else signal?.addEventListener('abort', abort);
    promise.then(finish, () => finish(undefined));
  });
}

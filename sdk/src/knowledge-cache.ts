import type { KnowledgeAnswer } from './contract/knowledge.ts';

/** An answer is given again without asking for this long, ms. */
export const KNOWLEDGE_FRESH_MS = 3_000;
/** When the service fails, an answer may be given again until it is this old, ms. */
export const KNOWLEDGE_STALE_MAX_MS = 60_000;
/** Answers kept; beyond that the least recently used goes. */
export const KNOWLEDGE_CACHE_MAX = 1_000;

interface Entry {
  readonly answer: KnowledgeAnswer;
  readonly at: number;
}

/** Answers by the question that was asked. Times are ms of one monotonic clock given by the caller. */
export class KnowledgeCache {
  readonly #entries = new Map<string, Entry>();

  put(key: string, answer: KnowledgeAnswer, now: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { answer, at: now });
    if (this.#entries.size <= KNOWLEDGE_CACHE_MAX) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  /** The answer for `key` if it is at most `maxAgeMs` old. */
  get(key: string, maxAgeMs: number, now: number): KnowledgeAnswer | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (now - entry.at > KNOWLEDGE_STALE_MAX_MS) {
      this.#entries.delete(key);
      return undefined;
    }
    if (now - entry.at > maxAgeMs) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.answer;
  }

  clear(): void {
    this.#entries.clear();
  }
}

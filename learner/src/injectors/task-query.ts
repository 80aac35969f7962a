import type { Embedder } from '../search/embedder.ts';
import type { SearchQuery } from '../search/ranking.ts';
import { queryTerms } from '../search/terms.ts';

/** Part of a task that is searched with, characters; the rest is ignored. */
const TASK_CHARACTERS_MAX = 20_000;
/** Tasks that are remembered, oldest out first: a validation asks for the same few hundred again and again. */
const MEMO_TASKS_MAX = 1_024;
/** Longer tasks are not remembered, so that the memo stays within some 10 MB. */
const MEMO_CHARACTERS_MAX = 2_000;

/** The part of a task that is searched with. */
export function searchedPart(task: string): string {
  return task.slice(0, TASK_CHARACTERS_MAX);
}

/** Makes search queries from tasks, with a memo. */
export class TaskQueries {
  readonly #embedder: Embedder;
  readonly #memo = new Map<string, SearchQuery>();

  constructor(embedder: Embedder) {
    this.#embedder = embedder;
  }

  query(task: string): SearchQuery {
    const text = searchedPart(task);
    const known = this.#memo.get(text);
    if (known !== undefined) return known;
    const query: SearchQuery = { terms: queryTerms(text), vector: this.#embedder.vectorOf(text) };
    // Without a vector the embedder may know more the next time.
    if (query.vector !== null && text.length <= MEMO_CHARACTERS_MAX) this.#remember(text, query);
    return query;
  }

  #remember(text: string, query: SearchQuery): void {
    if (this.#memo.size >= MEMO_TASKS_MAX) {
      const [oldest] = this.#memo.keys();
      if (oldest !== undefined) this.#memo.delete(oldest);
    }
    this.#memo.set(text, query);
  }
}

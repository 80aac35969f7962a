import { LearnerError } from '../errors.ts';
import type { NewId } from '../ids.ts';
import { chain } from './hash-chain.ts';
import type { KnowledgeEvent } from './knowledge-base.ts';
import type { KnowledgeLog } from './knowledge-log.ts';
import { ProjectedKnowledge } from './projected-knowledge.ts';
import type { SealedQuote } from './sealed-quote.ts';

/** Changes of one project that may wait for the one being written. More are refused as `busy`. */
export const CHANGES_WAITING_MAX = 1_000;

export interface EventWriterOptions {
  readonly project: string;
  readonly log: KnowledgeLog;
  readonly now: () => Date;
  readonly newId: NewId;
  /** Told of events after they are stored, in order. Must not throw. */
  readonly onEvents?: (events: readonly KnowledgeEvent[]) => void;
}

export interface NewEvent extends Pick<KnowledgeEvent, 'type' | 'ruleId' | 'actor'> {
  readonly data: object;
  /** Words that the data refers to by their seals. */
  readonly quotes?: readonly SealedQuote[];
}

/**
 * The one place that writes a project's log. A change is decided, written and then applied, one at a time: what a reader
 * sees is always committed, and two changes never decide on the same state.
 */
export class EventWriter {
  readonly #options: EventWriterOptions;
  #knowledge: ProjectedKnowledge;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  /** The last append failed without saying whether the events were stored: read the log before the next change. */
  #uncertain = false;

  constructor(options: EventWriterOptions, knowledge: ProjectedKnowledge) {
    this.#options = options;
    this.#knowledge = knowledge;
  }

  get knowledge(): ProjectedKnowledge {
    return this.#knowledge;
  }

  /** Runs a change after the ones before it. A change that fails does not stop the next one. */
  inTurn<T>(change: () => Promise<T>): Promise<T> {
    if (this.#waiting >= CHANGES_WAITING_MAX) {
      const message = `project "${this.#options.project}": ${CHANGES_WAITING_MAX} changes of the knowledge are waiting; try again later.`;
      return Promise.reject(new LearnerError('busy', message, { retryable: true }));
    }
    this.#waiting += 1;
    const result = this.#turn
      .then(() => this.#settle())
      .then(change)
      .finally(() => {
        this.#waiting -= 1;
      });
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Takes over what another process has written since. */
  catchUp(): Promise<void> {
    return this.inTurn(async () => {
      const { project, log, onEvents } = this.#options;
      const events: KnowledgeEvent[] = [];
      for await (const event of log.read(project, this.#knowledge.sequence)) {
        this.#knowledge.apply(event);
        events.push(event);
      }
      if (events.length > 0) onEvents?.(events);
    });
  }

  /** Stores events together, all of them or none. Only within a turn. */
  async append(news: readonly NewEvent[]): Promise<void> {
    if (news.length === 0) return;
    const { project, log, now, newId, onEvents } = this.#options;
    await this.#checkHead();
    let { sequence, lastHash } = this.#knowledge;
    const at = now().toISOString();
    const events = news.map((event) => {
      sequence += 1;
      const { data, quotes = [], ...named } = event;
      const chained = chain(
        { ...named, project, sequence, id: newId(), at, data: JSON.stringify(data) },
        lastHash,
      );
      lastHash = chained.hash;
      return { ...chained, quotes };
    });
    this.#uncertain = true;
    await log.append(events);
    this.#uncertain = false;
    for (const event of events) this.#knowledge.apply(event);
    onEvents?.(events);
  }

  async #settle(): Promise<void> {
    if (!this.#uncertain) return;
    const knowledge = new ProjectedKnowledge();
    for await (const event of this.#options.log.read(this.#options.project)) knowledge.apply(event);
    this.#knowledge = knowledge;
    this.#uncertain = false;
  }

  /** ClickHouse has no compare-and-set: a second writer is noticed by the number of events, at its next change at the latest. */
  async #checkHead(): Promise<void> {
    const { project, log } = this.#options;
    const stored = await log.count(project);
    if (stored === this.#knowledge.sequence) return;
    throw new LearnerError(
      'knowledge_log_moved',
      `project "${project}": the knowledge log has ${stored} entries, this process knows ${this.#knowledge.sequence}. ` +
        'Something else wrote it: restart this process, so that it reads the log again.',
    );
  }
}

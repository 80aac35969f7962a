import { encodeRowsInTurns, StoreError, type SqlDriver } from '@tracelore/collector/store';
import type { DecisionRecord } from '../injectors/rule-set.ts';
import {
  DECISION_COLUMNS,
  DECISIONS,
  decodeDecision,
  encodeDecision,
  type DecisionRow,
} from './decision-table.ts';
import type { DecisionSink } from './knowledge-serving.ts';

/** Decisions waiting to be stored; at the limit new ones are dropped and counted. Some 1 kB each. */
const QUEUED_MAX = 20_000;
/** Decisions of one commit. */
const COMMIT_ROWS_MAX = 5_000;
/** Pause between two commits, so that a steady trickle makes one block per second and not one per answer. */
const COMMIT_PAUSE_MS = 1_000;
/** Attempts to store a commit, with the same token each time; then its rows are dropped and counted. */
const ATTEMPTS_MAX = 5;
/** Pause before the second attempt; doubles with each. */
const RETRY_PAUSE_MS = 200;

export interface DecisionCounts {
  readonly stored: number;
  readonly waiting: number;
  /** Lost because the queue was full or the store kept failing. */
  readonly dropped: number;
}

/** Decision records: taken without waiting, stored in groups, read by id. */
export interface DecisionLog extends DecisionSink {
  /** Also finds records that wait to be stored. */
  get(project: string, id: string): Promise<DecisionRecord | undefined>;
  /** Resolves when everything recorded before the call is stored or dropped; what comes meanwhile is not waited for. */
  flush(): Promise<void>;
  /** Stores what is waiting; records after this are dropped and counted. Safe to call twice. */
  close(): Promise<void>;
  counts(): DecisionCounts;
}

export interface DecisionLogOptions {
  readonly driver: SqlDriver;
  readonly database: string;
  readonly ids: () => string;
  /** Told once per failed commit; must not throw. Default: nobody. */
  readonly onError?: (error: unknown, dropped: number) => void;
}

export function createDecisionLog(options: DecisionLogOptions): DecisionLog {
  return new GroupedDecisions(options);
}

class GroupedDecisions implements DecisionLog {
  readonly #options: DecisionLogOptions;
  #queue: DecisionRecord[] = [];
  /** Taken from the queue and on their way to the store. */
  #sending: readonly DecisionRecord[] = [];
  #isCommitting = false;
  /** Records ever taken. */
  #taken = 0;
  /** Those who wait until so many of the records ever taken are stored or dropped, in the order of their numbers. */
  #hurried: { readonly until: number; readonly resolve: () => void }[] = [];
  #wake: (() => void) | undefined;
  #isClosed = false;
  #stored = 0;
  #dropped = 0;

  constructor(options: DecisionLogOptions) {
    this.#options = options;
  }

  record(decision: DecisionRecord): void {
    if (this.#isClosed || this.#queue.length >= QUEUED_MAX) {
      this.#dropped += 1;
      return;
    }
    this.#queue.push(decision);
    this.#taken += 1;
    if (!this.#isCommitting) void this.#commitAll();
  }

  async get(project: string, id: string): Promise<DecisionRecord | undefined> {
    const isMeant = (decision: DecisionRecord): boolean => decision.id === id && decision.project === project;
    const waiting = this.#queue.find(isMeant) ?? this.#sending.find(isMeant);
    if (waiting !== undefined) return waiting;
    const rows = await this.#options.driver.query<DecisionRow>(
      `SELECT ${DECISION_COLUMNS} FROM ${this.#options.database}.${DECISIONS.name}
        WHERE project = {project: String} AND decision_id = {id: String} LIMIT 1`,
      { parameters: { project, id } },
    );
    return rows[0] === undefined ? undefined : decodeDecision(rows[0]);
  }

  flush(): Promise<void> {
    if (this.counts().waiting === 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#hurried.push({ until: this.#taken, resolve });
    this.#wake?.();
    return promise;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.flush();
  }

  counts(): DecisionCounts {
    const waiting = this.#queue.length + this.#sending.length;
    return { stored: this.#stored, waiting, dropped: this.#dropped };
  }

  /** At once when idle, then in groups until nothing is left. */
  async #commitAll(): Promise<void> {
    this.#isCommitting = true;
    // The answer goes out first.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) {
      this.#sending = this.#queue.slice(0, COMMIT_ROWS_MAX);
      this.#queue = this.#queue.slice(COMMIT_ROWS_MAX);
      await this.#store(this.#sending);
      this.#sending = [];
      this.#answerHurried();
      if (this.#hurried.length === 0 && this.#queue.length < COMMIT_ROWS_MAX)
        await this.#pause(COMMIT_PAUSE_MS);
    }
    this.#isCommitting = false;
  }

  #answerHurried(): void {
    const settled = this.#taken - this.#queue.length;
    while (this.#hurried[0] !== undefined && this.#hurried[0].until <= settled)
      this.#hurried.shift()?.resolve();
  }

  async #store(decisions: readonly DecisionRecord[]): Promise<void> {
    try {
      const token = `decisions:${this.#options.ids()}`;
      const rows = await encodeRowsInTurns(DECISIONS, decisions.map(encodeDecision), token);
      for (let attempt = 1; ; attempt++) {
        try {
          await this.#options.driver.insert(rows);
          break;
        } catch (error) {
          const isWorthIt = StoreError.isInstance(error) && error.retryable && attempt < ATTEMPTS_MAX;
          if (!isWorthIt) throw error;
          await this.#pause(RETRY_PAUSE_MS * 2 ** (attempt - 1));
        }
      }
      this.#stored += decisions.length;
    } catch (error) {
      this.#dropped += decisions.length;
      this.#options.onError?.(error, decisions.length);
    }
  }

  /** Ends early when somebody waits for the rows. Never keeps the process alive. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(wake, ms).unref();
      this.#wake = wake;
    });
  }
}

import type { DecisionRecord } from '../../../learner/src/injectors/rule-set.ts';
import type { RunOutcome } from '../../../learner/src/online/settle-unit.ts';
import {
  unitKey,
  voteKey,
  type LedgerEntry,
  type UnitLedger,
} from '../../../learner/src/online/unit-ledger.ts';
import { DECISIONS_READ_MAX, type UnitReader } from '../../../learner/src/online/unit-reader.ts';
import type { WatchLog } from '../../../learner/src/online/watch-log.ts';

/** What the watch reads and stores, kept in memory: the same interfaces as with the database, for one project. */
export class MemoryUnits {
  readonly #decisions: DecisionRecord[] = [];
  readonly #outcomes: RunOutcome[] = [];
  readonly #byRun = new Map<string, RunOutcome>();
  readonly #users = new Map<string, string>();
  readonly #entries: LedgerEntry[] = [];
  readonly #consumed = new Set<string>();
  readonly #votes = new Set<string>();

  /** An answer, in the order of time. */
  readonly record = (decision: DecisionRecord): void => {
    this.#decisions.push(decision);
  };

  /** The newest answer. */
  get newest(): DecisionRecord | undefined {
    return this.#decisions.at(-1);
  }

  /** What somebody says about a run, in the order in which it arrives. */
  hear(outcome: RunOutcome, user: string): void {
    this.#outcomes.push(outcome);
    this.#byRun.set(outcome.runId, outcome);
    this.#users.set(outcome.runId, user);
  }

  readonly reader: UnitReader = {
    decisions: (_project, afterMs) =>
      streamed(since(this.#decisions, ({ at }) => Date.parse(at) > afterMs).slice(0, DECISIONS_READ_MAX)),
    outcomes: (_project, afterMs) =>
      streamed(since(this.#outcomes, ({ receivedAtMs }) => receivedAtMs > afterMs)),
    principalsOf: (_project, runIds) =>
      Promise.resolve(new Map(runIds.map((runId) => [runId, this.#users.get(runId) ?? '']))),
    outcomesOf: (_project, runIds) =>
      Promise.resolve(runIds.flatMap((runId) => this.#byRun.get(runId) ?? [])),
  };

  readonly ledger: UnitLedger = {
    append: (_project, entries) => {
      this.#entries.push(...entries);
      for (const entry of entries) {
        this.#consumed.add(unitKey(entry));
        if (entry.voter !== undefined) this.#votes.add(voteKey(entry));
      }
      return Promise.resolve();
    },
    consumed: () => Promise.resolve(this.#consumed),
    votes: () => Promise.resolve(this.#votes),
    consumedUntilMs: () => Promise.resolve(this.#entries.at(-1)?.closedAtMs ?? 0),
    positions: () => Promise.resolve([]),
    read: () => streamed([]),
  };

  /** States are held by the watch itself: nothing is ever read again here. */
  readonly log: WatchLog = { save: () => Promise.resolve(), read: () => Promise.resolve([]) };
}

/** The last ones of a list in order that fulfil a condition which, once true, stays true. */
function since<T>(all: readonly T[], isLater: (item: T) => boolean): readonly T[] {
  let from = all.length;
  for (;;) {
    const item = all[from - 1];
    if (item === undefined || !isLater(item)) return all.slice(from);
    from -= 1;
  }
}

// oxlint-disable-next-line require-await
async function* streamed<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

import { AgentFingerprints } from './agent-fingerprints.ts';
import { byClosing, PendingUnits } from './pending-units.ts';
import type { OutcomeSource } from '@tracelore/sdk/contract';
import { oneVoteEach } from './one-vote-each.ts';
import { observeUnit } from './rule-watch.ts';
import { settleUnit } from './settle-unit.ts';
import { unitKey, type Closing, type LedgerEntry, type UnitLedger } from './unit-ledger.ts';
import { DECISIONS_READ_MAX, OUTCOMES_READ_MAX, type UnitReader } from './unit-reader.ts';
import { createWatchBook, loadWatchBook, type WatchBook } from './watch-book.ts';
import type { Watched, WatchLog } from './watch-log.ts';

/** Rows may be stored this long after the time they bear, ms: each look reads this far back again. */
const OVERLAP_MS = 60_000;
/** How long the service may be down without losing units, ms, besides their outcome window. */
const DOWN_MAX_MS: number = 7 * 24 * 3_600_000;
/** Units consumed in one commit. */
const COMMIT_UNITS_MAX = 2_000;

export interface ProjectWatchParts {
  readonly ledger: UnitLedger;
  readonly log: WatchLog;
  readonly reader: UnitReader;
  /** Share of units that get no knowledge at all. */
  readonly holdoutGlobal: number;
  readonly outcomeWindowMs: number;
  /** Sources whose outcomes may promote and deprecate. Default: all. */
  readonly deciding?: (project: string) => Promise<readonly OutcomeSource[]>;
  /** Everybody is one trusted owner: votes are not counted by user. Default: yes. */
  readonly isKeyless?: () => boolean;
  readonly now: () => Date;
}

/** Closes the units of one project and keeps its watches: what memory says is stored, and what is stored can be told again. */
export class ProjectWatch {
  readonly #parts: ProjectWatchParts;
  readonly #project: string;
  #book: WatchBook = createWatchBook();
  #pending: PendingUnits;
  #fingerprints: AgentFingerprints;
  /** Newest times read so far, epoch ms. */
  #decisionsReadMs = 0;
  #outcomesReadMs = 0;
  /** The last commit failed without saying whether it was stored: memory is read anew before the next look. */
  #isUncertain = false;

  constructor(parts: ProjectWatchParts, project: string) {
    this.#parts = parts;
    this.#project = project;
    this.#pending = new PendingUnits(parts.outcomeWindowMs);
    this.#fingerprints = new AgentFingerprints((fingerprint) => this.#book.knows(fingerprint));
    this.#startReading(0);
  }

  get book(): WatchBook {
    return this.#book;
  }
  get pending(): Pick<PendingUnits, 'size' | 'refused'> {
    return this.#pending;
  }
  get fingerprints(): AgentFingerprints {
    return this.#fingerprints;
  }

  /** Forgets what is in memory and reads what is stored. */
  async load(): Promise<void> {
    const { log, ledger, outcomeWindowMs } = this.#parts;
    this.#book = await loadWatchBook(this.#project, log, ledger);
    this.#pending = new PendingUnits(outcomeWindowMs);
    this.#startReading(await ledger.consumedUntilMs(this.#project));
    this.#isUncertain = false;
  }

  /** Consumes the units that closed since the last look, each exactly once. */
  async look(): Promise<void> {
    if (this.#isUncertain) await this.load();
    const startedMs = this.#parts.now().getTime();
    await this.#readDecisions(startedMs);
    await this.#readOutcomes(startedMs);
    await this.#settle();
  }

  /** Units are consumed as they close: one that is not was decided less than a window before the last that was. */
  #startReading(consumedUntilMs: number): void {
    const { now, outcomeWindowMs } = this.#parts;
    const nowMs = now().getTime();
    this.#decisionsReadMs = Math.max(nowMs - DOWN_MAX_MS, consumedUntilMs) - outcomeWindowMs;
    this.#outcomesReadMs = nowMs;
  }

  /** In portions that are settled one by one: after a restart most of what is read was consumed before. */
  async #readDecisions(startedMs: number): Promise<void> {
    const { reader, holdoutGlobal } = this.#parts;
    let afterMs = this.#decisionsReadMs - OVERLAP_MS;
    for (;;) {
      const newRuns = new Set<string>();
      let [read, lastMs] = [0, afterMs];
      for await (const decision of reader.decisions(this.#project, afterMs)) {
        if (this.#pending.note(decision, holdoutGlobal)) newRuns.add(decision.runId);
        lastMs = Date.parse(decision.at);
        read += 1;
      }
      // Outcomes may be there before the answer they judge was read.
      for (const outcome of await reader.outcomesOf(this.#project, [...newRuns])) this.#pending.hear(outcome);
      if (read < DECISIONS_READ_MAX) break;
      await this.#settle();
      // Answers of the same millisecond may be on both sides of a portion's end.
      if (lastMs - 1 <= afterMs) break;
      afterMs = lastMs - 1;
      this.#decisionsReadMs = afterMs;
    }
    this.#decisionsReadMs = Math.max(this.#decisionsReadMs, startedMs);
  }

  async #readOutcomes(startedMs: number): Promise<void> {
    if (this.#pending.size === 0) {
      // Nobody waits for what came so far.
      this.#outcomesReadMs = startedMs;
      return;
    }
    let [read, lastMs] = [0, startedMs];
    for await (const outcome of this.#parts.reader.outcomes(
      this.#project,
      this.#outcomesReadMs - OVERLAP_MS,
    )) {
      this.#pending.hear(outcome);
      lastMs = outcome.receivedAtMs;
      read += 1;
    }
    this.#outcomesReadMs = read < OUTCOMES_READ_MAX ? startedMs : lastMs;
  }

  async #settle(): Promise<void> {
    const closings = [...this.#pending.ended(), ...(await this.#overdue())].sort(byClosing);
    for (let from = 0; from < closings.length; from += COMMIT_UNITS_MAX) {
      await this.#commit(closings.slice(from, from + COMMIT_UNITS_MAX));
    }
  }

  /** Units whose time is up, with what can be said about them. */
  async #overdue(): Promise<Closing[]> {
    const { reader, now } = this.#parts;
    const overdue = this.#pending.overdue(now().getTime());
    const runs = new Set(overdue.flatMap((unit) => unit.runs));
    const outcomes = await reader.outcomesOf(this.#project, [...runs]);
    const deciding = await this.#parts.deciding?.(this.#project);
    const counted = outcomes.filter(({ source }) => deciding?.includes(source) !== false);
    const byRun = Map.groupBy(counted, ({ runId }) => runId);
    const closings = overdue.map(({ runs: own, ...unit }) => ({
      run: own[0] ?? '',
      closing: {
        ...unit,
        ...settleUnit(
          own.flatMap((run) => byRun.get(run) ?? []),
          this.#pending.untilMs(unit),
        ),
      },
    }));
    if (this.#parts.isKeyless?.() !== false) return closings.map(({ closing }) => closing);
    const { counted: votes, surplus } = await oneVoteEach(this.#project, closings, this.#parts);
    this.#pending.consume(surplus);
    return [...votes];
  }

  /** Ledger first, then states: a crash between the two is mended from the ledger. */
  async #commit(closings: readonly Closing[]): Promise<void> {
    const { ledger, log, now } = this.#parts;
    const known = await ledger.consumed(this.#project, [...new Set(closings.map(({ unit }) => unit))]);
    const changed = new Map<string, Watched>();
    const entries: LedgerEntry[] = [];
    for (const closing of closings) {
      if (known.has(unitKey(closing))) continue;
      const key = `${closing.ruleId}\u0000${closing.epoch}`;
      const before = changed.get(key) ?? this.#book.open(closing, closing.fingerprint);
      if (before === undefined) continue;
      const watch = observeUnit(before.watch, closing);
      changed.set(key, { ...before, watch });
      entries.push({ ...closing, position: watch.units, stage: watch.stage });
    }
    this.#isUncertain = true;
    await ledger.append(this.#project, entries);
    for (const watched of changed.values()) this.#book.put(watched);
    this.#pending.consume(closings);
    this.#isUncertain = false;
    await log.save(this.#project, [...changed.values()], now());
  }
}

import type { SqlDriver } from '@tracelore/collector/store';
import type { NewId } from '../ids.ts';
import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import type { Rule } from '../knowledge/rule.ts';
import type { Asking, Treatments } from '../serving/coins.ts';
import { actOnWatches } from './act-on-watches.ts';
import { AgentFingerprints } from './agent-fingerprints.ts';
import { epochOf } from './epoch.ts';
import { byClosing, PendingUnits } from './pending-units.ts';
import { observeUnit } from './rule-watch.ts';
import { settleUnit } from './settle-unit.ts';
import { withheldShare, type StageShares } from './stage.ts';
import { createUnitLedger, unitKey, type Closing, type LedgerEntry } from './unit-ledger.ts';
import { createUnitReader, READ_MAX } from './unit-reader.ts';
import { createWatchBook, loadWatchBook, type WatchBook } from './watch-book.ts';
import { createWatchLog, type Watched } from './watch-log.ts';
import { layerOf, watchViews, type LayerView, type WatchView } from './watch-view.ts';

/** Rows may be stored this long after the time they bear, ms: each look reads this far back again. */
const OVERLAP_MS = 60_000;
/** How long the service may be down without losing units, ms, besides their outcome window. */
const DOWN_MAX_MS: number = 7 * 24 * 3_600_000;
/** Units consumed in one commit. */
const COMMIT_UNITS_MAX = 2_000;

export interface OnlineControlOptions {
  readonly driver: SqlDriver;
  readonly database: string;
  readonly knowledge: (project: string) => KnowledgeBase;
  readonly shares: StageShares;
  /** Share of units that get no knowledge at all; 0 = the layer as a whole is not measured. */
  readonly holdoutGlobal: number;
  /** How long a unit waits for a final outcome, ms. */
  readonly outcomeWindowMs: number;
  readonly now: () => Date;
  readonly newId: NewId;
}

/** Release and watch: rules that are served are measured on what they are served for, and removed when they harm. */
export interface OnlineControl {
  /** Reads the stored evidence of these projects. Before it every rule of theirs is in canary. */
  load(projects: readonly string[]): Promise<void>;
  /** How rules are served to a unit now. Synchronous, from memory. Call it once per answer: it takes note of who asks. */
  treatments(project: string, asking: Asking): Treatments;
  /**
   * Consumes the units of a project that closed since the last look, each exactly once, and acts on what they say. Never
   * twice at once for a project.
   */
  look(project: string): Promise<void>;
  /** What is known about a served or once served rule, one view per epoch, current ones first. */
  views(project: string, rule: Rule): readonly WatchView[];
  /** What the whole layer changes; `null` while nothing is measured. */
  layer(project: string): LayerView | null;
  /** Over all projects. */
  counts(): OnlineCounts;
}

export interface OnlineCounts {
  /** Pairs of rule and unit that wait for an outcome. */
  readonly waiting: number;
  /** Pairs that were left out because too many waited. */
  readonly dropped: number;
  /** Experiments that are held. */
  readonly watches: number;
}

interface ProjectWatch {
  readonly book: WatchBook;
  readonly pending: PendingUnits;
  readonly fingerprints: AgentFingerprints;
  /** Where reading starts, and the newest times read so far, epoch ms. */
  readonly startMs: number;
  decisionsReadMs: number | undefined;
  outcomesReadMs: number | undefined;
  /** The last commit failed without saying whether it was stored: memory is read anew before the next look. */
  isUncertain: boolean;
}

export function createOnlineControl(options: OnlineControlOptions): OnlineControl {
  const { knowledge, shares, holdoutGlobal, outcomeWindowMs, now } = options;
  const ledger = createUnitLedger(options);
  const log = createWatchLog(options);
  const reader = createUnitReader(options);
  const projects = new Map<string, ProjectWatch>();
  const isMeasured = shares.steady > 0;

  function fresh(book: WatchBook, consumedUntilMs: number): ProjectWatch {
    // Units are consumed as they close: those that are not were decided less than a window before the last that was.
    const startMs = Math.max(now().getTime() - DOWN_MAX_MS, consumedUntilMs) - outcomeWindowMs;
    const unread = { startMs, decisionsReadMs: undefined, outcomesReadMs: undefined };
    const fingerprints = new AgentFingerprints((fingerprint) => book.knows(fingerprint));
    return { book, fingerprints, pending: new PendingUnits(outcomeWindowMs), ...unread, isUncertain: false };
  }

  async function load(project: string): Promise<ProjectWatch> {
    const state = fresh(await loadWatchBook(project, log, ledger), await ledger.consumedUntilMs(project));
    projects.set(project, state);
    return state;
  }

  function stateOf(project: string): ProjectWatch {
    const state = projects.get(project) ?? fresh(createWatchBook(), 0);
    projects.set(project, state);
    return state;
  }

  async function read(project: string, state: ProjectWatch): Promise<void> {
    const decisionsAfter = state.decisionsReadMs ?? state.startMs;
    const outcomesAfter = state.outcomesReadMs ?? state.startMs;
    const startedMs = now().getTime();
    let noted = 0;
    for await (const decision of reader.decisions(project, decisionsAfter - OVERLAP_MS)) {
      state.pending.note(decision, holdoutGlobal);
      state.decisionsReadMs = Math.max(state.decisionsReadMs ?? 0, Date.parse(decision.at));
      noted += 1;
    }
    if (noted < READ_MAX) state.decisionsReadMs = startedMs;
    if (state.pending.size === 0) {
      // Nobody waits for what came so far.
      if (noted < READ_MAX) state.outcomesReadMs = startedMs;
      return;
    }
    for await (const outcome of reader.outcomes(project, outcomesAfter - OVERLAP_MS)) {
      state.pending.hear(outcome);
      state.outcomesReadMs = Math.max(state.outcomesReadMs ?? 0, outcome.receivedAtMs);
    }
  }

  /** Units that ended, and those whose time is up with what can be said about them. */
  async function closings(project: string, { pending }: ProjectWatch): Promise<Closing[]> {
    const overdue = pending.overdue(now().getTime());
    const outcomes = await reader.outcomesOf(project, [...new Set(overdue.flatMap(({ runs }) => runs))]);
    const byRun = Map.groupBy(outcomes, ({ runId }) => runId);
    const late = overdue.map(({ runs, ...unit }) => ({
      ...unit,
      ...settleUnit(
        runs.flatMap((run) => byRun.get(run) ?? []),
        pending.untilMs(unit),
      ),
    }));
    return [...pending.ended(), ...late].sort(byClosing);
  }

  /** Ledger first, then states: what memory says is always stored, and what is stored can always be told again. */
  async function commit(project: string, state: ProjectWatch, closed: readonly Closing[]): Promise<void> {
    const known = await ledger.consumed(project, [...new Set(closed.map(({ unit }) => unit))]);
    const changed = new Map<string, Watched>();
    const entries: LedgerEntry[] = [];
    for (const closing of closed) {
      if (known.has(unitKey(closing))) continue;
      const key = `${closing.ruleId}\u0000${closing.epoch}`;
      const before = changed.get(key) ?? state.book.open(closing, closing.fingerprint);
      if (before === undefined) continue;
      const watch = observeUnit(before.watch, closing);
      changed.set(key, { ...before, watch });
      entries.push({ ...closing, position: watch.units, stage: watch.stage });
    }
    state.isUncertain = true;
    await ledger.append(project, entries);
    for (const watched of changed.values()) state.book.put(watched);
    state.pending.consume(closed);
    state.isUncertain = false;
    await log.save(project, [...changed.values()], now());
  }

  async function look(project: string): Promise<void> {
    if (!isMeasured && holdoutGlobal === 0) return;
    const known = stateOf(project);
    const state = known.isUncertain ? await load(project) : known;
    await read(project, state);
    const closed = await closings(project, state);
    for (let from = 0; from < closed.length; from += COMMIT_UNITS_MAX) {
      await commit(project, state, closed.slice(from, from + COMMIT_UNITS_MAX));
    }
    await actOnWatches(knowledge(project), state.book);
  }

  const looking = new Map<string, Promise<void>>();
  return {
    async load(names) {
      for (const project of names) await load(project);
    },
    treatments(project, { agent, unit, fingerprint: stated }) {
      const { book, fingerprints } = stateOf(project);
      const fingerprint = fingerprints.resolve(agent, stated, unit);
      return {
        fingerprint,
        of(rule) {
          const epoch = epochOf(knowledge(project), rule, fingerprint);
          const watch = book.find(rule.id, epoch)?.watch;
          const stage = watch?.stage ?? 'canary';
          return {
            epoch,
            withheld: isMeasured ? withheldShare(stage, watch?.cautious ?? false, shares) : 0,
          };
        },
      };
    },
    look(project) {
      const running = looking.get(project);
      if (running !== undefined) return running;
      const started = look(project).finally(() => looking.delete(project));
      looking.set(project, started);
      return started;
    },
    views: (project, rule) =>
      isMeasured ? watchViews(knowledge(project), rule, stateOf(project).book, shares) : [],
    layer: (project) => (holdoutGlobal > 0 ? layerOf(stateOf(project).book, holdoutGlobal) : null),
    counts() {
      const states = [...projects.values()];
      const sum = (count: (state: ProjectWatch) => number): number =>
        states.reduce((total, state) => total + count(state), 0);
      return {
        waiting: sum(({ pending }) => pending.size),
        dropped: sum(({ pending }) => pending.dropped),
        watches: sum(({ book }) => book.all().length),
      };
    },
  };
}

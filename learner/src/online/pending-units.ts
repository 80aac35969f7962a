import type { DecisionRecord } from '../injectors/rule-set.ts';
import { firstFinal, type RunOutcome, type UnitOutcome } from './settle-unit.ts';
import { unitKey, type Closing } from './unit-ledger.ts';
import { LAYER_ID } from './watch-book.ts';

/**
 * Pairs of rule and unit that wait for their outcome, per project: some 50 MB. At the limit new ones are left out, whatever
 * their arm, and those that wait go on to their end.
 */
export const PENDING_MAX = 100_000;
/** Pairs remembered after they were consumed, since decisions are read again for a while. */
const CONSUMED_MAX = 100_000;

/** A rule's part in a unit that has not closed. The first answer of the unit decides its arm, whatever came later. */
export interface PendingUnit extends Pick<
  Closing,
  'ruleId' | 'epoch' | 'unit' | 'fingerprint' | 'injected' | 'propensity' | 'decidedAtMs'
> {
  readonly runs: readonly string[];
  /** Set when a final outcome came. */
  readonly ended?: UnitOutcome;
}

/** Joins decisions with the outcomes of their runs. In memory: a restart reads both again. */
export class PendingUnits {
  readonly #windowMs: number;
  readonly #pending: Map<string, PendingUnit> = new Map();
  readonly #byRun: Map<string, Set<string>> = new Map();
  readonly #consumed: Set<string> = new Set();
  /** Left out at the limit. */
  refused: number = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  get size(): number {
    return this.#pending.size;
  }

  /** The end of a unit's outcome window, epoch ms. */
  untilMs({ decidedAtMs }: Pick<PendingUnit, 'decidedAtMs'>): number {
    return decidedAtMs + this.#windowMs;
  }

  /**
   * Takes note of an answer. Trials, overrides and answers that name no run are no units: nothing was tossed, or no
   * outcome can be told to be theirs. Returns whether it brought something to wait for.
   */
  note(decision: DecisionRecord, globalHoldout: number): boolean {
    const { arm, items, trialId, runId, unit } = decision;
    if (trialId !== '' || runId === '' || items.length === 0) return false;
    if (arm !== 'served' && arm !== 'holdout') return false;
    let isNews = false;
    const common = { unit, fingerprint: decision.fingerprint, decidedAtMs: Date.parse(decision.at) };
    if (globalHoldout > 0) {
      const propensity = 1 - globalHoldout;
      const epoch = layerEpoch(globalHoldout);
      const layer = { ruleId: LAYER_ID, epoch, injected: arm === 'served', propensity, fingerprint: '' };
      isNews = this.#add({ ...common, ...layer, runs: [runId] });
    }
    // Units of the global hold-out got nothing whatever the coins of the rules said.
    for (const { rule, epoch, propensity, injected } of arm === 'holdout' ? [] : items) {
      if (epoch === '' || propensity <= 0 || propensity >= 1) continue;
      const [ruleId = ''] = rule.split('@');
      const isNew = this.#add({ ...common, ruleId, epoch, injected, propensity, runs: [runId] });
      isNews ||= isNew;
    }
    return isNews;
  }

  /** Takes note of an outcome; the same one again changes nothing. */
  hear(outcome: RunOutcome): void {
    for (const key of this.#byRun.get(outcome.runId) ?? []) {
      const pending = this.#pending.get(key);
      if (pending === undefined) continue;
      const ended = firstFinal([outcome], this.untilMs(pending));
      if (ended === undefined || (pending.ended?.closedAtMs ?? Infinity) <= ended.closedAtMs) continue;
      this.#pending.set(key, { ...pending, ended });
    }
  }

  /** Units that closed, in the order in which they did. */
  ended(): Closing[] {
    const ended: Closing[] = [];
    for (const { ended: end, runs: _runs, ...pending } of this.#pending.values()) {
      if (end !== undefined) ended.push({ ...pending, ...end });
    }
    return ended.sort(byClosing);
  }

  /** Units whose window is over without a final outcome, oldest first. */
  overdue(nowMs: number): PendingUnit[] {
    const isOver = (pending: PendingUnit): boolean =>
      pending.ended === undefined && this.untilMs(pending) <= nowMs;
    return [...this.#pending.values()].filter(isOver);
  }

  /** Forgets units that were consumed. */
  consume(closings: readonly Pick<Closing, 'ruleId' | 'epoch' | 'unit'>[]): void {
    for (const closing of closings) {
      const key = unitKey(closing);
      this.#remove(key);
      this.#consumed.add(key);
    }
    for (const key of this.#consumed) {
      if (this.#consumed.size <= CONSUMED_MAX) break;
      this.#consumed.delete(key);
    }
  }

  /** Whether the pair is new, or has a new run. */
  #add(pending: PendingUnit): boolean {
    const key = unitKey(pending);
    if (this.#consumed.has(key)) return false;
    const known = this.#pending.get(key);
    if (known === undefined && this.#pending.size >= PENDING_MAX) {
      this.refused += 1;
      return false;
    }
    const runs = [...new Set([...(known?.runs ?? []), ...pending.runs])];
    const first = known === undefined || pending.decidedAtMs < known.decidedAtMs ? pending : known;
    this.#pending.set(key, { ...known, ...first, runs });
    for (const run of pending.runs) {
      const keys = this.#byRun.get(run) ?? new Set();
      this.#byRun.set(run, keys.add(key));
    }
    return known === undefined || runs.length > known.runs.length;
  }

  #remove(key: string): void {
    for (const run of this.#pending.get(key)?.runs ?? []) {
      const keys = this.#byRun.get(run);
      keys?.delete(key);
      if (keys?.size === 0) this.#byRun.delete(run);
    }
    this.#pending.delete(key);
  }
}

/** The whole layer's experiment: another share is another experiment. */
export function layerEpoch(globalHoldout: number): string {
  return `all.${globalHoldout}`;
}

/** Order of consumption. It depends on times and names only, never on arms or outcomes. */
export function byClosing(a: Closing, b: Closing): number {
  return (
    a.closedAtMs - b.closedAtMs ||
    a.decidedAtMs - b.decidedAtMs ||
    compare(a.unit, b.unit) ||
    compare(a.ruleId, b.ruleId)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

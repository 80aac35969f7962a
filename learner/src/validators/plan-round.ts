import { createHash } from 'node:crypto';
import { itemReference } from '@tracelore/sdk/contract';
import type { Random } from '../stats/random.ts';
import type { TrialPlace, TrialSpec } from '../trials/trial-runner.ts';
import { advancePass, byPromise, openCases } from './draw-cases.ts';
import type { RaceSettings } from './race-options.ts';
import type { Contender, Race } from './race-state.ts';
import { SENTINEL_PAIRS } from './sentinel.ts';
import { treatedRules, type Blocks } from './triggered-cases.ts';

/** One comparison of a round: the contender's run of a case against the baseline stored under `key`. */
export interface PlannedPair {
  readonly contender: Contender;
  readonly caseId: string;
  readonly key: string;
  /** Pairs that the contender had of this case under this text before: which of its baselines it meets. */
  readonly turn: number;
  /** From 0 in the cycle. */
  readonly number: number;
}

/** What one trial of the round is for. */
export type Slot =
  | { readonly kind: 'treatment'; readonly pair: PlannedPair }
  | { readonly kind: 'baseline'; readonly caseId: string; readonly key: string; readonly turn: number };

export interface Round {
  readonly pairs: readonly PlannedPair[];
  /** In the order of {@link specs}. */
  readonly slots: readonly Slot[];
  readonly specs: readonly TrialSpec[];
}

/**
 * Plans one call of the runner: a batch for each of the most promising contenders, baselines only where the cache has none,
 * all in random order so that an outage hits both arms alike. Never plans more trials than the budget has left; no pairs when
 * not even one fits.
 */
export function planRound(race: Race, random: Random, settings: RaceSettings, group: string): Round {
  const pairs: PlannedPair[] = [];
  const baselines = new Map<string, Slot>();
  let left = settings.runsBudget - race.runsUsed;
  const { sentinel } = race;
  const lanes = byPromise(race).slice(0, settings.lanes);
  if (sentinel !== undefined && advancePass(sentinel, settings)) lanes.push(sentinel);
  for (const contender of lanes) {
    let batch = 0;
    const batchMax = contender === sentinel && lanes.length > 1 ? SENTINEL_PAIRS : settings.batchTasks;
    const room = Math.min(batchMax, settings.pairsMax - contender.attempts);
    for (const caseId of openCases(contender, race, random, settings)) {
      if (batch >= room) break;
      const turn = contender.turns[textKey(race, caseId)] ?? 0;
      const key = baselineKey(race, caseId, turn);
      const missing = !baselines.has(key) && !isFresh(race, key, settings);
      const cost = 1 + (missing ? settings.baselineRuns : 0);
      if (cost > left) continue;
      left -= cost;
      batch += 1;
      pairs.push({ contender, caseId, key, turn, number: race.pairs + pairs.length });
      if (missing) baselines.set(key, { kind: 'baseline', caseId, key, turn });
    }
  }
  const slots = random
    .split(`round ${race.round}`)
    .shuffle([
      ...pairs.map((pair): Slot => ({ kind: 'treatment', pair })),
      ...[...baselines.values()].flatMap((slot) => Array.from({ length: settings.baselineRuns }, () => slot)),
    ]);
  return { pairs, slots, specs: slots.map((slot, position) => specOf(slot, position, race, group)) };
}

function specOf(slot: Slot, position: number, race: Race, group: string): TrialSpec {
  const inForce = race.inForce.rules.map(itemReference);
  const shared = { phase: 'decision', round: race.round, position, coins: [] } as const;
  if (slot.kind === 'baseline') {
    const { caseId, turn } = slot;
    const place: TrialPlace = {
      ...shared,
      candidate: '',
      period: 0,
      pass: turn,
      block: blockOf(race, caseId),
      pair: 0,
    };
    return { caseId, rules: inForce, purpose: 'baseline', group, place };
  }
  const { caseId, contender, turn, number: pair } = slot.pair;
  const { period } = contender;
  const candidate = itemReference(contender.rule);
  const place: TrialPlace = { ...shared, candidate, period, pass: turn, block: blockOf(race, caseId), pair };
  const treated =
    contender === race.sentinel
      ? race.inForce.rules
      : treatedRules(race.inForce.rules, contender.rule, contender.replaces);
  const rules = treated.map(itemReference);
  return { caseId, rules, purpose: 'treatment', group, place };
}

/**
 * Baselines are shared by (case, turn, text of the rules in force). A contender's turns at a case under one text only
 * count upwards, so it never sees the same baseline run twice: reuse would multiply false promotions by five. Whoever
 * comes later, or starts anew, meets the runs that others have paid for.
 */
function baselineKey(race: Race, caseId: string, turn: number): string {
  return `${caseId}\u0000${turn}\u0000${blockOf(race, caseId)}`;
}

/** A case under the text that its agent is given from the rules in force. */
export function textKey(race: Race, caseId: string): string {
  return `${caseId}\u0000${blockOf(race, caseId)}`;
}

/** Names that were worked out; every trial of a case asks for its own. */
const names = new WeakMap<Blocks, Map<string, string>>();

/** Names the text of the rules in force for a case. */
export function blockOf(race: Race, caseId: string): string {
  const known = names.get(race.inForce.blocks) ?? new Map<string, string>();
  names.set(race.inForce.blocks, known);
  const text = race.inForce.blocks[caseId] ?? '';
  const name = known.get(caseId) ?? createHash('sha256').update(text).digest('hex').slice(0, 16);
  known.set(caseId, name);
  return name;
}

/** Old baselines may come from before an outage that treatment runs now suffer from. */
function isFresh(race: Race, key: string, settings: RaceSettings): boolean {
  const entry = race.baselines[key];
  return entry !== undefined && race.runsUsed - entry.atRun <= settings.cacheRuns;
}

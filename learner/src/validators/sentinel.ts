import type { Rule } from '../knowledge/rule.ts';
import { logEvidence } from './evidence.ts';
import type { RaceSettings } from './race-options.ts';
import { noEvidence, type Contender, type Race } from './race-state.ts';
import type { SentinelReport } from './validator.ts';

/** E, in either direction, from which the control is not itself: the cycle is void. */
export const SENTINEL_E = 100;
/** Control pairs in each round. */
export const SENTINEL_PAIRS = 2;
/** Pairs that the control has before a cycle with promotions ends, if the budget allows. */
const SENTINEL_PAIRS_MIN = 16;

/** Stands where a candidate's rule stands; it is never part of a rule set. */
const NOTHING: Rule = {
  project: '',
  id: 'sentinel',
  version: 0,
  kind: 'skill',
  content: '',
  appliesWhen: '',
  tags: [],
  status: 'candidate',
  quarantined: false,
  priority: 'normal',
  tokens: 0,
  provenance: { origin: 'human', by: 'tracelore', evidence: [] },
  reason: '',
  createdAt: '',
  updatedAt: '',
};

/**
 * The control that is compared with itself: runs under exactly the rules in force, taken through the same pairs or coins as
 * a candidate's. Does it differ from itself, outcomes depend on more than the rules: on order, time or purpose of a trial.
 */
export function startSentinel({ contenders }: Race, settings: RaceSettings): Contender {
  return {
    rule: NOTHING,
    replaces: undefined,
    status: 'active',
    reason: '',
    entered: false,
    weight: 0,
    heldOut: 0,
    triggered: [...new Set(contenders.flatMap(({ entered, triggered }) => (entered ? triggered : [])))],
    period: 0,
    roundFirst: 0,
    pass: 0,
    passFirst: 0,
    drawn: [],
    turns: {},
    attempts: 0,
    evidence: noEvidence(settings, settings.mde),
    mde: settings.mde,
    changed: [],
    voidPairs: { baseline: 0, treatment: 0 },
    compared: { with: [], without: [] },
    runs: { treatment: 0, baseline: 0, confirm: 0 },
    confirmedLift: null,
    incumbents: [],
    yieldsTo: undefined,
  };
}

/** Whether promotions came faster than the control could speak: it then goes on alone. */
export function needsControl({ sentinel, contenders }: Race, { mode }: RaceSettings): boolean {
  if (sentinel === undefined || mode === 'factorial') return false;
  const hasPromotions = contenders.some(({ status }) => status === 'promoted');
  return hasPromotions && sentinel.attempts < SENTINEL_PAIRS_MIN;
}

/** Why the cycle is void, in words; undefined while the control is itself. */
export function sentinelAlarm({ sentinel }: Race): string | undefined {
  if (sentinel === undefined) return undefined;
  const { benefit, harm } = logEvidence(sentinel.evidence);
  if (Math.max(benefit, harm) < Math.log(SENTINEL_E)) return undefined;
  return (
    `the cycle is void: the control differed from itself over ${sentinel.evidence.n} pairs ` +
    `(E = ${Math.exp(Math.max(benefit, harm)).toPrecision(3)}), so outcomes depend on more than the rules`
  );
}

export function reportSentinel(race: Race): SentinelReport | null {
  if (race.sentinel === undefined) return null;
  const { benefit, harm } = logEvidence(race.sentinel.evidence);
  return {
    pairs: race.sentinel.evidence.n,
    logEBenefit: benefit,
    logEHarm: harm,
    isVoid: sentinelAlarm(race) !== undefined,
  };
}

import { admit } from './admission.ts';
import type { RestoredData } from './event-data.ts';
import type { KeptBack } from './knowledge-base.ts';
import { LEARNER_ACTOR } from './lifecycle.ts';
import type { Rule } from './rule.ts';

/** Begins the reason of a rule that left because another one was proven in its place. */
export const SUPERSEDED = 'superseded by ';

export interface RestoreContext {
  /** Position that is restored. */
  readonly from: number;
  readonly actor: string;
  /** Epoch ms. */
  readonly nowMs: number;
  /** One person may pin alone. */
  readonly pinsAlone: boolean;
  /** Rules that were purged. */
  readonly isPurged: (ruleId: string) => boolean;
  /** Rules that stay as they are. */
  readonly spares: ReadonlySet<string>;
}

export interface RestorePlan {
  readonly changes: readonly { readonly ruleId: string; readonly data: RestoredData }[];
  readonly keptBack: readonly KeptBack[];
}

type State = Omit<RestoredData, 'from' | 'reason'>;

/**
 * What has to change so that the rules in force are those of then. Rules that came into force later leave; candidates that
 * came later stay, since nothing is served of them. What would break a promise stays back, with the reason.
 */
export function planRestore(
  now: readonly Rule[],
  then: readonly Rule[],
  context: RestoreContext,
): RestorePlan {
  const before = new Map(then.map((rule) => [rule.id, rule]));
  const changes: { ruleId: string; data: RestoredData }[] = [];
  const keptBack: KeptBack[] = [];
  for (const rule of now) {
    if (context.spares.has(rule.id)) continue;
    const wanted = before.get(rule.id);
    const { state, why } = wanted === undefined ? later(rule, context) : restored(rule, wanted, context);
    if (why !== undefined) keptBack.push({ ruleId: rule.id, why });
    if (state === undefined || isSame(state, stateOf(rule))) continue;
    const reason =
      wanted === undefined ? `not in snapshot ${context.from}` : `as in snapshot ${context.from}`;
    changes.push({ ruleId: rule.id, data: { ...state, from: context.from, reason } });
  }
  return { changes, keptBack };
}

interface Target {
  /** Absent = it stays as it is. */
  readonly state?: State;
  readonly why?: string;
}

const PINNED: Target = { why: 'it is pinned: only a person takes it away' };

function later(rule: Rule, { actor }: RestoreContext): Target {
  if (rule.status !== 'active') return {};
  if (actor === LEARNER_ACTOR && rule.priority === 'pinned') return PINNED;
  return { state: { ...stateOf(rule), status: 'deprecated', priority: 'normal' } };
}

function restored(rule: Rule, then: Rule, context: RestoreContext): Target {
  const wanted = stateOf(then);
  if (isSame(wanted, stateOf(rule))) return {};
  if (context.isPurged(rule.id)) return { why: 'it was purged since' };
  const isByLearner = context.actor === LEARNER_ACTOR;
  if (isByLearner && rule.priority === 'pinned') return PINNED;
  const comesBack = isInForce(then) && !isInForce(rule);
  if (isByLearner && comesBack && !rule.reason.startsWith(SUPERSEDED))
    return { why: `it was taken out of force since: ${rule.reason}` };
  if (isByLearner && !isInForce(rule) && !comesBack) return {};
  const whys: string[] = [];
  let state: State = wanted;
  if (rule.quarantined && !then.quarantined) {
    state = { ...state, quarantined: true };
    whys.push('it was quarantined since: only a person may release it');
  }
  const objection = objectionTo(then);
  if (objection !== undefined && !then.quarantined) {
    state = { ...state, quarantined: true, ...(isLive(state) ? { status: 'candidate' } : {}) };
    whys.push(objection);
  }
  if (state.expiresAt !== undefined && Date.parse(state.expiresAt) <= context.nowMs && isLive(state)) {
    const { expiresAt: _over, ...rest } = state;
    state = { ...rest, status: 'candidate' };
    whys.push('its time is up');
  }
  if (state.priority === 'pinned') {
    const mayPin = context.pinsAlone && !isByLearner;
    const staysPinned = rule.priority === 'pinned' || mayPin;
    if (state.status !== 'active' || !staysPinned) {
      state = { ...state, priority: 'normal' };
      if (state.status === 'active') whys.push('it was pinned; pinning takes people');
    }
  }
  return { state, ...(whys.length === 0 ? {} : { why: whys.join('; ') }) };
}

function isLive({ status }: State): boolean {
  return status === 'active' || status === 'validated';
}

/** Rules change their meaning when the scanner learns. What only reads like an instruction may stand when a person approved it. */
function objectionTo(rule: Rule): string | undefined {
  const { problems, quarantine } = admit(rule);
  if (problems.length > 0) return problems.join('; ');
  return rule.approvedBy === undefined ? quarantine : undefined;
}

export function isInForce({ status, quarantined }: Pick<Rule, 'status' | 'quarantined'>): boolean {
  return status === 'active' && !quarantined;
}

function stateOf({
  version,
  status,
  quarantined,
  priority,
  supersedes,
  approvedBy,
  verdictId,
  expiresAt,
}: Rule): State {
  return {
    version,
    status,
    quarantined,
    priority,
    ...(supersedes === undefined ? {} : { supersedes }),
    ...(approvedBy === undefined ? {} : { approvedBy }),
    ...(verdictId === undefined ? {} : { verdictId }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

function isSame(a: State, b: State): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

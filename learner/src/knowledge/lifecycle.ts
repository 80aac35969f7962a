import { shortId } from '../ids.ts';
import type { KnowledgeEventType, Refusal } from './knowledge-base.ts';
import { RULE_STATUSES, type Rule, type RuleStatus } from './rule.ts';

/** The actor name of the service itself; every other name is a person. */
export const LEARNER_ACTOR = 'learner';

/** Events that move a rule along its life. The others write it down as a whole, or are about no rule. */
export type TransitionType = Exclude<KnowledgeEventType, 'proposed' | 'restored' | 'snapshotted'>;

/** The state an event reads and writes besides the text. */
export type Standing = Pick<Rule, 'status' | 'quarantined' | 'priority'>;

interface Transition {
  /** Statuses the event may happen in. */
  readonly from: readonly RuleStatus[];
  /** Status after it; absent = unchanged. */
  readonly to?: RuleStatus;
  readonly quarantined?: boolean;
  readonly priority?: Rule['priority'];
  /** Why this rule may not have this event although its status allows it; undefined = it may. */
  readonly unless?: (rule: Rule, actor: string) => string | undefined;
}

const LIVE = ['candidate', 'validated', 'active'] as const;

/**
 * The whole life of a rule in one table. A rule starts as `candidate` by `proposed`. Leaving `active` also unpins: a
 * pinned rule is always active. An edit makes the rule a candidate again, because what was proven was the old text. What was
 * purged stays archived: no event leads back.
 */
const TRANSITIONS: Readonly<Record<TransitionType, Transition>> = {
  edited: {
    from: ['candidate', 'validated', 'active', 'deprecated'],
    to: 'candidate',
    priority: 'normal',
  },
  validated: { from: ['candidate'], to: 'validated' },
  activated: {
    from: ['candidate'],
    to: 'active',
    unless: (rule) =>
      rule.quarantined
        ? 'it is quarantined: a person has to approve it'
        : rule.kind === 'code_template'
          ? 'a code_template is served only after a person approved it'
          : undefined,
  },
  approved: {
    from: ['candidate', 'validated'],
    to: 'active',
    quarantined: false,
    unless: byPersonOnly,
  },
  rejected: {
    from: ['candidate', 'validated', 'active', 'deprecated'],
    to: 'archived',
    priority: 'normal',
  },
  deprecated: { from: [...LIVE], to: 'deprecated', priority: 'normal' },
  rested: {
    from: ['active'],
    to: 'validated',
    unless: (rule) => (rule.priority === 'pinned' ? 'it is pinned' : undefined),
  },
  pinned: {
    from: ['active'],
    priority: 'pinned',
    unless: notToBePinned,
  },
  pin_requested: { from: ['active'], unless: notToBePinned },
  unpinned: {
    from: ['active'],
    priority: 'normal',
    unless: (rule) =>
      rule.priority === 'pinned' || rule.pinRequest !== undefined ? undefined : 'it is not pinned',
  },
  quarantined: {
    from: [...LIVE],
    quarantined: true,
    unless: (rule) => (rule.quarantined ? 'it is quarantined already' : undefined),
  },
  released: {
    from: [...LIVE],
    quarantined: false,
    unless: (rule, actor) =>
      byPersonOnly(rule, actor) ?? (rule.quarantined ? undefined : 'it is not quarantined'),
  },
  expiry_set: { from: [...LIVE] },
  expired: { from: ['active'], to: 'candidate', priority: 'normal' },
  reopened: { from: ['validated', 'active'], to: 'candidate', priority: 'normal' },
  purged: {
    from: [...RULE_STATUSES],
    to: 'archived',
    quarantined: true,
    priority: 'normal',
    unless: byPersonOnly,
  },
};

function byPersonOnly(_rule: Rule, actor: string): string | undefined {
  return actor === LEARNER_ACTOR ? 'only a person may do this' : undefined;
}

function notToBePinned(rule: Rule, actor: string): string | undefined {
  return (
    byPersonOnly(rule, actor) ??
    (rule.priority === 'pinned' ? 'it is pinned already' : undefined) ??
    (rule.quarantined ? 'it is quarantined' : undefined)
  );
}

/** The words for an event in the imperative, as people type them. */
const VERBS: Readonly<Record<TransitionType, string>> = {
  edited: 'edit',
  validated: 'validate',
  activated: 'promote',
  approved: 'approve',
  rejected: 'reject',
  deprecated: 'deprecate',
  rested: 'rest',
  pinned: 'pin',
  unpinned: 'unpin',
  quarantined: 'quarantine',
  released: 'release',
  expiry_set: 'set the expiry of',
  expired: 'expire',
  pin_requested: 'pin',
  reopened: 'reopen',
  purged: 'purge',
};

/** Why the lifecycle does not allow this event now, or undefined when it does. */
export function refuseTransition(rule: Rule, type: TransitionType, actor: string): Refusal | undefined {
  const transition = TRANSITIONS[type];
  if (!transition.from.includes(rule.status)) {
    return refusal(rule, type, `it is ${rule.status}, and this takes ${transition.from.join(' or ')}`);
  }
  const objection = transition.unless?.(rule, actor);
  return objection === undefined ? undefined : refusal(rule, type, objection);
}

/** Refuses an event that was meant for another version of the text. */
export function refuseVersion(rule: Rule, type: TransitionType, version: string): Refusal {
  return refusal(rule, type, `it was edited: this is about version ${version}, it has ${rule.version} now`);
}

function refusal(rule: Rule, type: TransitionType, why: string): Refusal {
  return {
    ok: false,
    code: 'not_allowed',
    message: `cannot ${VERBS[type]} rule ${shortId(rule.id)}: ${why}.`,
  };
}

/** Standing after an event. The event was allowed when it was written; history is never judged again. */
export function nextStanding(standing: Standing, type: TransitionType): Standing {
  const { to, quarantined, priority } = TRANSITIONS[type];
  return {
    status: to ?? standing.status,
    quarantined: quarantined ?? standing.quarantined,
    priority: priority ?? standing.priority,
  };
}

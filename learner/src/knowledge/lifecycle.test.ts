import { describe, expect, test } from 'vitest';
import { LEARNER_ACTOR, nextStanding, refuseTransition } from './lifecycle.ts';
import { RULE_STATUSES, type Rule, type RuleStatus } from './rule.ts';

function rule(changes: Partial<Rule> = {}): Rule {
  return {
    project: 'p',
    id: 'abcdef0123456789',
    version: 1,
    kind: 'skill',
    content: 'c',
    appliesWhen: 'w',
    tags: [],
    status: 'candidate',
    quarantined: false,
    priority: 'normal',
    tokens: 1,
    provenance: { origin: 'human', by: 'ann', evidence: [] },
    reason: '',
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    ...changes,
  };
}

/** Statuses from which a person may do it, and the status after it. */
const TABLE: readonly (readonly [
  Parameters<typeof refuseTransition>[1],
  readonly RuleStatus[],
  RuleStatus | 'same',
])[] = [
  ['edited', ['candidate', 'validated', 'active', 'deprecated'], 'candidate'],
  ['validated', ['candidate'], 'validated'],
  ['activated', ['candidate'], 'active'],
  ['approved', ['candidate', 'validated'], 'active'],
  ['rejected', ['candidate', 'validated', 'active', 'deprecated'], 'archived'],
  ['deprecated', ['candidate', 'validated', 'active'], 'deprecated'],
  ['rested', ['active'], 'validated'],
  ['pinned', ['active'], 'same'],
  ['quarantined', ['candidate', 'validated', 'active'], 'same'],
];

describe('lifecycle', () => {
  test.each(TABLE)('%s is allowed exactly from %j and leads to %s', (type, from, to) => {
    const refusals = RULE_STATUSES.map((status) => refuseTransition(rule({ status }), type, 'ann'));
    expect(RULE_STATUSES.filter((_, index) => refusals[index] === undefined)).toEqual(from);
    for (const refusal of refusals.filter((found) => found !== undefined)) {
      expect(refusal.message).toMatch(/cannot \w+ rule abcdef01: it is \w+, and this takes/);
    }
    for (const status of from) {
      expect(nextStanding(rule({ status }), type).status).toBe(to === 'same' ? status : to);
    }
  });

  test('the service itself neither approves nor pins', () => {
    expect(refuseTransition(rule(), 'approved', LEARNER_ACTOR)?.message).toContain('only a person');
    expect(refuseTransition(rule({ status: 'active' }), 'pinned', LEARNER_ACTOR)?.message).toContain(
      'only a person',
    );
  });

  test('a quarantined rule and a code template go live by approval only', () => {
    const quarantined = rule({ quarantined: true });
    const template = rule({ kind: 'code_template' });
    expect(refuseTransition(quarantined, 'activated', LEARNER_ACTOR)?.message).toContain('quarantined');
    expect(refuseTransition(template, 'activated', LEARNER_ACTOR)?.message).toContain('code_template');
    expect(refuseTransition(quarantined, 'approved', 'ann')).toBeUndefined();
    expect(nextStanding(quarantined, 'approved')).toMatchObject({ status: 'active', quarantined: false });
  });

  test('a rule that stops being active is no longer pinned', () => {
    const pinned = rule({ status: 'active', priority: 'pinned' });
    for (const type of ['edited', 'deprecated', 'rejected'] as const) {
      expect(nextStanding(pinned, type).priority).toBe('normal');
    }
    expect(refuseTransition(pinned, 'pinned', 'ann')?.message).toContain('pinned already');
    expect(refuseTransition(pinned, 'rested', LEARNER_ACTOR)?.message).toContain(
      'cannot rest rule abcdef01: it is pinned',
    );
    expect(refuseTransition(rule({ status: 'active' }), 'unpinned', 'ann')?.message).toContain('not pinned');
  });
});

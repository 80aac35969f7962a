import { isInForce } from './restore-plan.ts';
import type { Rule, RulePriority, RuleStatus } from './rule.ts';

/** A rule at one end of a comparison. */
export interface ComparedRule {
  readonly version: number;
  readonly status: RuleStatus;
  readonly quarantined: boolean;
  readonly priority: RulePriority;
  readonly appliesWhen: string;
  readonly content: string;
  readonly expiresAt: string | null;
}

/**
 * What became of a rule between two positions: it came into force, left it, changed its text in force, or changed without
 * agents noticing.
 */
export interface RuleDifference {
  readonly ruleId: string;
  readonly kind: 'added' | 'removed' | 'changed' | 'behind the scenes';
  /** `null` = it was not there. */
  readonly before: ComparedRule | null;
  readonly after: ComparedRule | null;
}

/** Every rule that is otherwise in one state than in the other, in the order in which they were proposed. */
export function diffKnowledge(before: readonly Rule[], after: readonly Rule[]): RuleDifference[] {
  const old = new Map(before.map((rule) => [rule.id, rule]));
  const young = new Map(after.map((rule) => [rule.id, rule]));
  const ids = new Set([...before, ...after].map(({ id }) => id));
  return [...ids].flatMap((ruleId): RuleDifference[] => {
    const [from, to] = [old.get(ruleId), young.get(ruleId)];
    const ends = { before: compared(from), after: compared(to) };
    if (JSON.stringify(ends.before) === JSON.stringify(ends.after)) return [];
    return [{ ruleId, kind: kindOf(from, to), ...ends }];
  });
}

function kindOf(before: Rule | undefined, after: Rule | undefined): RuleDifference['kind'] {
  const was = before !== undefined && isInForce(before);
  const is = after !== undefined && isInForce(after);
  if (was !== is) return is ? 'added' : 'removed';
  const isSameText = before?.version === after?.version && before?.priority === after?.priority;
  return is && !isSameText ? 'changed' : 'behind the scenes';
}

function compared(rule: Rule | undefined): ComparedRule | null {
  if (rule === undefined) return null;
  const { version, status, quarantined, priority, appliesWhen, content, expiresAt = null } = rule;
  return { version, status, quarantined, priority, appliesWhen, content, expiresAt };
}

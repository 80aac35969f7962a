import { contradicts } from '../../analyzers/contradiction.ts';
import type { Rule } from '../../knowledge/rule.ts';

/**
 * Whether a candidate is tested in the place of a rule in force instead of beside it. What a model said when it was learned
 * goes before what the words of both look like.
 */
export function isAgainst(candidate: Rule, rule: Rule): boolean {
  const { conflictsWith = [], compatibleWith = [] } = candidate.provenance;
  if (conflictsWith.includes(rule.id)) return true;
  return !compatibleWith.includes(rule.id) && contradicts(candidate, rule);
}

import type { KnowledgeOverride, KnowledgeRequest } from '@tracelore/sdk/contract';
import { LearnerError } from '../errors.ts';
import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import type { Rule } from '../knowledge/rule.ts';
import type { RuleReference } from '../trials/trial-runner.ts';

/** What serving reads of a project's knowledge. */
export type ServedKnowledge = Pick<KnowledgeBase, 'project' | 'snapshot' | 'served' | 'find' | 'findVersion'>;

/** Rule set of a running trial; `undefined` = no such trial (ended, expired, of another process). */
export type TrialRules = (trialId: string) => readonly RuleReference[] | undefined;

/**
 * The rules a trial or an evaluation asked for, `undefined` when the request names none. An unknown trial gets no rules:
 * its report will be ignored, and rules in force must not reach it with coins.
 * @throws LearnerError `not_found` when an override names a rule that does not exist.
 */
export function overriddenRules(
  request: KnowledgeRequest,
  knowledge: ServedKnowledge,
  trialRules: TrialRules,
): readonly Rule[] | undefined {
  if (request.trial !== undefined) return resolve(trialRules(request.trial) ?? [], knowledge);
  return request.override === undefined ? undefined : named(request.override, knowledge);
}

function named(override: KnowledgeOverride, knowledge: ServedKnowledge): readonly Rule[] {
  if (override === 'active') return knowledge.served();
  if (override === 'none') return [];
  return resolve(override, knowledge);
}

function resolve(references: readonly RuleReference[], knowledge: ServedKnowledge): Rule[] {
  const missing: string[] = [];
  const rules: Rule[] = [];
  for (const reference of new Set(references)) {
    const rule = find(reference, knowledge);
    if (rule === undefined) missing.push(reference);
    else rules.push(rule);
  }
  if (missing.length === 0) return rules;
  throw new LearnerError(
    'not_found',
    `project "${knowledge.project}" has no rule ${missing.map((reference) => `"${reference}"`).join(', ')}: ` +
      'an override names rules as "id" or "id@version", see GET /v1/knowledge.',
  );
}

function find(reference: RuleReference, knowledge: ServedKnowledge): Rule | undefined {
  if (reference.includes('@')) return knowledge.findVersion(reference);
  const found = knowledge.find(reference);
  return found.ok ? found.rule : undefined;
}

import type { KnowledgeOverride, KnowledgeRequest } from '@tracelore/sdk/contract';
import { LearnerError } from '../errors.ts';
import type { Change, KnowledgeBase } from '../knowledge/knowledge-base.ts';
import type { Rule } from '../knowledge/rule.ts';
import type { RuleReference } from '../trials/trial-runner.ts';

/** What serving reads of a project's knowledge. */
export type ServedKnowledge = Pick<KnowledgeBase, 'project' | 'snapshot' | 'served' | 'find' | 'findVersion'>;

/** Rule set of a running trial; `undefined` = the project has no such trial (ended, expired, of another process). */
export type TrialRules = (project: string, trialId: string) => readonly RuleReference[] | undefined;

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
  if (request.trial !== undefined)
    return resolve(trialRules(knowledge.project, request.trial) ?? [], knowledge);
  return request.override === undefined ? undefined : named(request.override, knowledge);
}

function named(override: KnowledgeOverride, knowledge: ServedKnowledge): readonly Rule[] {
  if (override === 'active') return knowledge.served();
  if (override === 'none') return [];
  return resolve(override, knowledge);
}

function resolve(references: readonly RuleReference[], knowledge: ServedKnowledge): Rule[] {
  const problems: string[] = [];
  const rules: Rule[] = [];
  for (const reference of new Set(references)) {
    const found = find(reference, knowledge);
    if (found.ok) rules.push(found.rule);
    else problems.push(found.message);
  }
  if (problems.length === 0) return rules;
  throw new LearnerError('not_found', `override for project "${knowledge.project}": ${problems.join(' ')}`);
}

function find(reference: RuleReference, knowledge: ServedKnowledge): Change {
  if (!reference.includes('@')) return knowledge.find(reference);
  const rule = knowledge.findVersion(reference);
  const message = `no rule has the id and version "${reference}".`;
  return rule === undefined ? { ok: false, code: 'not_found', message } : { ok: true, rule };
}

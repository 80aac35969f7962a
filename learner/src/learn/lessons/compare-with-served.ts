import { comparedRules, compareRules } from '../../analyzers/compare-rules.ts';
import type { LessonVerdict } from '../../analyzers/lesson-gate.ts';
import type { KnowledgeBase } from '../../knowledge/knowledge-base.ts';
import type { Provenance, Rule, RuleText } from '../../knowledge/rule.ts';
import { addUsage, type ChatModel } from '../../llm/chat-model.ts';
import { Pace } from '../../pace.ts';
import type { PassRecord } from '../learn-pass.ts';

/** A lesson, and what a model says about it and rules in force; absent = about none. */
export interface ComparedLesson extends Pick<Provenance, 'conflictsWith' | 'compatibleWith'> {
  readonly verdict: LessonVerdict;
}

/**
 * Asks a model about a new candidate and the rules in force near it. What says the same becomes support; what contradicts is
 * tested in the other's place. Where the model does not answer, or not twice the same, the heuristic and then trials decide.
 */
export async function compareWithServed(
  verdict: LessonVerdict,
  options: {
    readonly base: Pick<KnowledgeBase, 'served'>;
    readonly record: PassRecord;
    readonly comparer?: ChatModel;
    readonly signal: AbortSignal;
  },
): Promise<ComparedLesson> {
  const { base, comparer, record, signal } = options;
  if (comparer === undefined || verdict.kind !== 'candidate' || verdict.quarantine !== undefined)
    return { verdict };
  const { text, evidence } = verdict;
  const conflictsWith: string[] = [];
  const compatibleWith: string[] = [];
  for (const rule of await nearest(text, base.served())) {
    const compared = await compareRules(comparer, text, rule, signal);
    record.update({ usage: addUsage(record.current.usage, compared.usage) });
    if (!compared.ok) break;
    if (compared.relation === 'same') return { verdict: { kind: 'support', rule, evidence } };
    if (compared.relation === 'conflict') conflictsWith.push(rule.id);
    if (compared.relation === 'different') compatibleWith.push(rule.id);
  }
  return {
    verdict,
    ...(conflictsWith.length === 0 ? {} : { conflictsWith }),
    ...(compatibleWith.length === 0 ? {} : { compatibleWith }),
  };
}

/** Rules that are looked at in a row. */
const RULES_IN_A_ROW = 50;

/** The same as `comparedRules` says, found in turns: the nearest of all are among the nearest of each part. */
async function nearest(text: RuleText, rules: readonly Rule[]): Promise<readonly Rule[]> {
  const pace = new Pace();
  const found: Rule[] = [];
  for (let from = 0; from < rules.length; from += RULES_IN_A_ROW) {
    if (pace.isOver) await pace.rest();
    found.push(...comparedRules(text, rules.slice(from, from + RULES_IN_A_ROW)));
  }
  return comparedRules(text, found);
}

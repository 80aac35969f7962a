import { comparedRules, compareRules } from '../../analyzers/compare-rules.ts';
import { contradicts } from '../../analyzers/contradiction.ts';
import type { LessonVerdict } from '../../analyzers/lesson-gate.ts';
import type { KnowledgeBase } from '../../knowledge/knowledge-base.ts';
import type { Rule, RuleText } from '../../knowledge/rule.ts';
import { addUsage, type ChatModel } from '../../llm/chat-model.ts';
import { Pace } from '../../pace.ts';
import type { PassRecord } from '../learn-pass.ts';

export interface ComparedLesson {
  readonly verdict: LessonVerdict;
  /** Ids of rules in force that it contradicts, as a model sees it. */
  readonly conflictsWith: readonly string[];
}

/**
 * Asks a model about a new candidate and the rules in force near it that the heuristic says nothing about. What says the same
 * becomes support; what contradicts is tested in the other's place. Where the model does not answer, or not twice the same,
 * the lesson goes on as it is: trials decide.
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
    return { verdict, conflictsWith: [] };
  const { text, evidence } = verdict;
  const conflictsWith: string[] = [];
  for (const rule of await nearestOpen(text, base.served())) {
    const compared = await compareRules(comparer, text, rule, signal);
    record.update({ usage: addUsage(record.current.usage, compared.usage) });
    if (!compared.ok) break;
    if (compared.relation === 'same')
      return { verdict: { kind: 'support', rule, evidence }, conflictsWith: [] };
    if (compared.relation === 'conflict') conflictsWith.push(rule.id);
  }
  return { verdict, conflictsWith };
}

/** Rules that are looked at in a row. */
const RULES_IN_A_ROW = 50;

/** The rules to compare a text with, of those that the heuristic says nothing about. */
async function nearestOpen(text: RuleText, rules: readonly Rule[]): Promise<readonly Rule[]> {
  for (let open = rules; ;) {
    const near = await nearest(text, open);
    // Few are near: only they are worth the heuristic's work.
    const opposed = near.filter((rule) => contradicts(text, rule));
    if (opposed.length === 0) return near;
    open = open.filter((rule) => !opposed.includes(rule));
  }
}

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

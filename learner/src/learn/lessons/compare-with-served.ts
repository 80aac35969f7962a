import { comparedRules, compareRules } from '../../analyzers/compare-rules.ts';
import { contradicts } from '../../analyzers/contradiction.ts';
import type { LessonVerdict } from '../../analyzers/lesson-gate.ts';
import type { KnowledgeBase } from '../../knowledge/knowledge-base.ts';
import { addUsage, type ChatModel } from '../../llm/chat-model.ts';
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
  const open = base.served().filter((rule) => !contradicts(text, rule));
  const conflictsWith: string[] = [];
  for (const rule of comparedRules(text, open)) {
    const compared = await compareRules(comparer, text, rule, signal);
    record.update({ usage: addUsage(record.current.usage, compared.usage) });
    if (!compared.ok) break;
    if (compared.relation === 'same')
      return { verdict: { kind: 'support', rule, evidence }, conflictsWith: [] };
    if (compared.relation === 'conflict') conflictsWith.push(rule.id);
  }
  return { verdict, conflictsWith };
}

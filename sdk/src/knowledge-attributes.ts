import type { Attributes } from '@opentelemetry/api';

import { ATTR } from './contract/attributes.ts';
import type { KnowledgeAttribution, Run, Scope } from './scope.ts';

/** The four attributes that say which answer a span saw. */
export function knowledgeAttributes(knowledge: KnowledgeAttribution): Attributes {
  return {
    [ATTR.knowledgeDecision]: knowledge.decision,
    [ATTR.knowledgeSnapshot]: knowledge.snapshot,
    [ATTR.knowledgeArm]: knowledge.arm,
    [ATTR.knowledgeItems]: [...knowledge.items],
  };
}

/**
 * Notes an answer (`null`: none could be got) for the model calls that follow in this scope, and on the run's root: the
 * last decision with the union of all items that the run has seen.
 */
export function markKnowledge(scope: Scope, knowledge: KnowledgeAttribution | null): void {
  if (scope.span !== undefined) scope.span.knowledge = knowledge;
  const run: Run | undefined = scope.run;
  if (run === undefined) return;
  run.knowledge = knowledge;
  if (knowledge === null) return;
  for (const item of knowledge.items) run.knowledgeItems.add(item);
  if (run.open) {
    run.root?.otel.setAttributes({
      ...knowledgeAttributes(knowledge),
      [ATTR.knowledgeItems]: [...run.knowledgeItems],
    });
  }
}

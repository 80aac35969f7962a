import type { Attributes } from '@opentelemetry/api';

import { ATTR } from './contract/attributes.ts';
import { kindOfOperation } from './contract/span-kinds.ts';
import { knowledgeAttributes } from './knowledge-attributes.ts';
import { knowledgeInScope, type Scope } from './scope.ts';
import { scopeAttributes } from './span.ts';

/** Whether a span says already which run it belongs to, as ours do. */
export function isStamped(attributes: Attributes): boolean {
  return attributes[ATTR.runId] !== undefined;
}

/** What a span that was just started gets, so that it belongs to the run it was made in. */
export function stampAttributes(scope: Scope, attributes: Attributes): Attributes {
  if (isStamped(attributes)) return {};
  const knowledge = isModelCall(attributes) ? knowledgeInScope(scope) : undefined;
  return {
    ...scopeAttributes(scope),
    ...(knowledge === undefined ? {} : knowledgeAttributes(knowledge)),
  };
}

/** A model call, in the dialects that say so when the span starts. */
export function isModelCall(attributes: Attributes): boolean {
  const operation = attributes[ATTR.operation];
  if (typeof operation === 'string') return kindOfOperation(operation) === 'llm';
  if (attributes['openinference.span.kind'] === 'LLM') return true;
  if (attributes['llm.request.type'] !== undefined) return true;
  const step = attributes['ai.operationId'];
  return typeof step === 'string' && /\.do(?:Generate|Stream)$/u.test(step);
}

import { guarded } from './diagnostics.ts';
import { markKnowledge as markInScope } from './knowledge-attributes.ts';
import { observeResult } from './observe-result.ts';
import { type ResultExtractors, ResultRecorder } from './result-recorder.ts';
import { currentScope, type KnowledgeAttribution } from './scope.ts';
import type { SpanHandle } from './span.ts';

export { type Backend, type LocalService } from './backend.ts';
export { captureJson, captureText } from './capture.ts';
export { guarded } from './diagnostics.ts';
export { tracer } from './framework-tracer.ts';
export { askKnowledge, currentKnowledge } from './knowledge.ts';
export { currentScope, type KnowledgeAttribution, type Scope } from './scope.ts';
export { type SpanHandle, type SpanOptions, startSpan } from './span.ts';
export { withBackend } from './with-context.ts';

/**
 * Ends a span when a call's result is complete, as `trace()` does: plain values at once, promises when they settle,
 * iterators and streams on their last item, with their content as the span's output. Return what this returns.
 */
export function observe(span: SpanHandle, result: unknown, extract: ResultExtractors = {}): unknown {
  return guarded('observe_result', result, () => observeResult(result, new ResultRecorder(span, extract)));
}

/**
 * Says that the model calls that follow below `span` (default: the current one) see this answer's text; `null`: they
 * see none.
 */
export function markKnowledge(knowledge: KnowledgeAttribution | null, span?: SpanHandle): void {
  guarded('mark_knowledge', undefined, () => markInScope(span?.scope ?? currentScope(), knowledge));
}

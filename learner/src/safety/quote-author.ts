import type { SpanView } from '@tracelore/collector/store';
import { QUOTE_AUTHORS, type Evidence, type QuoteAuthor } from '../knowledge/rule.ts';

/** Who says so: feedback is a user's word, a judge is a model, the others are the operator's own checks and people. */
export function authorOfOutcome(source: string): QuoteAuthor {
  return source === 'feedback' ? 'user' : source === 'judge' ? 'model' : 'check';
}

/**
 * Who can put words into a field of a span. What a model reads holds what tools returned, and an error message repeats what
 * it failed on: where several may have written, the least trusted one counts.
 */
export function authorOfSpan({ kind }: Pick<SpanView, 'kind'>, field: 'input' | 'output'): QuoteAuthor {
  switch (kind) {
    case 'llm':
    case 'embedding':
      return field === 'input' ? 'tool' : 'model';
    case 'agent':
    case 'workflow':
      return field === 'input' ? 'user' : 'model';
    case 'tool':
    case 'retriever':
      return field === 'input' ? 'model' : 'tool';
    default:
      return 'tool';
  }
}

/** The least trusted author of what speaks for a rule; `undefined` = nothing was quoted, or by an older version. */
export function leastTrusted(evidence: readonly Pick<Evidence, 'author'>[]): QuoteAuthor | undefined {
  return QUOTE_AUTHORS.find((author) => evidence.some((one) => one.author === author));
}

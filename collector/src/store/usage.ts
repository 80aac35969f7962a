import { hasUsage, onePerResponse, type RunTree, type TreeSpan } from './run-tree.ts';

/** Token totals of a run; `null` when nobody reported any. */
export interface Usage {
  /** Model calls, embeddings left out. */
  readonly calls: number;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

/**
 * Sums what the model calls report. Agents and wrappers often report totals as well: these count only when no call
 * reports usage itself, and then the reports nearest to the calls.
 */
export function totalUsage<Span extends TreeSpan>(tree: RunTree<Span>): Usage {
  const calls = tree.modelCalls();
  const reported = calls.filter(hasUsage);
  const counted = reported.length > 0 ? reported : onePerResponse(tree.leaves(hasUsage));
  return {
    calls: calls.filter((span) => span.kind === 'llm').length,
    inputTokens: sum(counted.map((span) => span.input_tokens)),
    outputTokens: sum(counted.map((span) => span.output_tokens)),
  };
}

function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}

import { REPORTED } from '../pricing/cost-source.ts';
import { hasUsage, type RunTree, type TreeSpan } from './run-tree.ts';
import { sameCalls } from './same-call.ts';

/** Totals of a run; `null` when nobody reported any. */
export interface Usage {
  /** Model calls, embeddings left out. */
  readonly calls: number;
  /** Models that were called. */
  readonly models: ReadonlySet<string>;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** Billionths of a USD over the calls whose cost is known, in all and by model. */
  readonly costNanoUsd: number | null;
  readonly modelCosts: ReadonlyMap<string, number>;
  /** Input and output tokens by model. */
  readonly modelTokens: ReadonlyMap<string, number>;
  /** Calls whose cost is not known. */
  readonly unpricedCalls: number;
}

/**
 * Sums what the model calls report, each call once. Agents and wrappers often report totals as well: a wrapper counts only
 * when no call below it reports usage, an agent only when no call does, and then the report nearest to the calls.
 */
export function totalUsage<Span extends TreeSpan>(tree: RunTree<Span>): Usage {
  const calls = sameCalls(tree.modelCalls(), tree);
  const reported = tree.modelCalls(tells);
  const counted = sameCalls(reported.length > 0 ? reported : tree.leaves(tells), tree);
  const costs = new Map<Span, number | null>();
  const modelCosts = new Map<string, number>();
  const modelTokens = new Map<string, number>();
  for (const group of counted) {
    const cost = costOf(group);
    for (const span of group) costs.set(span, cost);
    const model = group.map(modelOf).find((name) => name !== '') ?? '';
    const tokens = sum([group[0]?.input_tokens ?? null, group[0]?.output_tokens ?? null]);
    if (cost !== null) modelCosts.set(model, (modelCosts.get(model) ?? 0) + cost);
    if (tokens !== null) modelTokens.set(model, (modelTokens.get(model) ?? 0) + tokens);
  }
  const reports = counted.flatMap(([first]) => first ?? []);
  return {
    calls: calls.filter(([first]) => first?.kind === 'llm').length,
    models: new Set(calls.flatMap(([first]) => (first === undefined ? [] : [modelOf(first)]))),
    inputTokens: sum(reports.map((span) => span.input_tokens)),
    outputTokens: sum(reports.map((span) => span.output_tokens)),
    costNanoUsd: sum([...modelCosts.values()]),
    modelCosts,
    modelTokens,
    unpricedCalls:
      calls.length > 0
        ? calls.filter((group) => isUnpriced(group, tree, costs)).length
        : counted.filter((group) => costOf(group) === null).length,
  };
}

function tells(span: TreeSpan): boolean {
  return hasUsage(span) || span.cost !== null;
}

export function modelOf({ response_model, request_model }: TreeSpan): string {
  return response_model || request_model;
}

/** What a sender states is believed before a price list. */
function costOf(group: readonly TreeSpan[]): number | null {
  const known = group.filter(({ cost }) => cost !== null);
  const [told] = [...known.filter(({ cost_source }) => cost_source === REPORTED), ...known];
  return told?.cost === null || told === undefined ? null : Math.round(told.cost * 1e9);
}

/** Neither the call nor what counts for it has a cost. A call that failed and used nothing has none to be missed. */
function isUnpriced<Span extends TreeSpan>(
  group: readonly Span[],
  tree: RunTree<Span>,
  costs: ReadonlyMap<Span, number | null>,
): boolean {
  if (group.every((span) => span.status === 'Error' && !hasUsage(span))) return false;
  return !group.some((span) => {
    const told = tree.upwards(span).find((above) => costs.has(above));
    return told !== undefined && costs.get(told) !== null;
  });
}

function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}

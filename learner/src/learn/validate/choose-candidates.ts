import { orderByText } from '../../knowledge/order-by-text.ts';
import type { Rule } from '../../knowledge/rule.ts';
import type { RuleSupport } from '../records/analysis-log.ts';

/** Trials a candidate needs on average to be decided: more candidates than this allows only dilute the budget and the bound. */
export const TRIALS_PER_CANDIDATE = 30;

/**
 * Candidates that enter a validation cycle: at most one per {@link TRIALS_PER_CANDIDATE} trials. Rules that were never tested
 * come first, then those that more runs speak for; ties by their text. Quarantined ones wait for a person.
 */
export function chooseCandidates(
  candidates: readonly Rule[],
  context: {
    readonly runsBudget: number;
    /** Default: what the budget is enough for. */
    readonly candidatesMax?: number;
    readonly support: readonly RuleSupport[];
    /** `id@version` of rules that were judged before. */
    readonly judged: ReadonlySet<string>;
  },
): readonly Rule[] {
  const { judged } = context;
  const support = Map.groupBy(context.support, ({ ruleId }) => ruleId);
  const affordable = Math.floor(context.runsBudget / TRIALS_PER_CANDIDATE);
  const countMax = Math.min(affordable, context.candidatesMax ?? affordable);
  const supportOf = (rule: Rule): number =>
    new Set([...rule.provenance.evidence, ...(support.get(rule.id) ?? [])].map(({ runId }) => runId)).size;
  const wasJudged = (rule: Rule): number => (judged.has(`${rule.id}@${rule.version}`) ? 1 : 0);
  return orderByText(candidates)
    .filter(({ status, quarantined }) => status === 'candidate' && !quarantined)
    .sort((a, b) => wasJudged(a) - wasJudged(b) || supportOf(b) - supportOf(a))
    .slice(0, countMax);
}

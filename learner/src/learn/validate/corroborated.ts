import type { Rule } from '../../knowledge/rule.ts';
import { corroborationProblem, needsCorroboration, type SupportingRuns } from '../../safety/corroboration.ts';
import type { RuleSupport } from '../records/analysis-log.ts';

/** Failed runs that speak for each rule, by rule id. */
export function supportingRuns(support: readonly RuleSupport[]): ReadonlyMap<string, SupportingRuns> {
  const byRule = Map.groupBy(support, ({ ruleId }) => ruleId);
  return new Map(
    [...byRule].map(([ruleId, runs]) => [
      ruleId,
      new Map(runs.map(({ runId, principal }) => [runId, principal])),
    ]),
  );
}

/**
 * Why a candidate must not be tested, and so not be given to any agent, without a person: strangers' words taught it and too
 * few of them say the same. `undefined` = it may. What a person wrote down needs none.
 */
export function uncorroborated(rule: Rule, support: ReadonlyMap<string, SupportingRuns>): string | undefined {
  const { provenance } = rule;
  if (provenance.origin !== 'analyzer' || !needsCorroboration(provenance)) return undefined;
  return corroborationProblem(support.get(rule.id) ?? new Map());
}

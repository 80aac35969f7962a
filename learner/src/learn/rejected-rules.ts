import type { Rule } from '../knowledge/rule.ts';
import type { RuleSupport } from './analysis-log.ts';
import type { LearnParts } from './learn-parts.ts';

/** Failed runs that must teach a refuted rule again before it is worth another test. */
export const REOPENING_RUNS = 3;

/**
 * Rules that must not be proposed again now: those a person turned down or took out of service, those found harmful, and
 * those refuted while the agent had its present model, prompt and tools. A futile rule may help another model, and may have
 * become right since: {@link REOPENING_RUNS} new failures that teach it open it again.
 */
export async function rejectedRules(
  parts: Pick<LearnParts, 'knowledge' | 'verdicts' | 'analyses'>,
  project: string,
  fingerprint: string,
): Promise<readonly Rule[]> {
  const base = parts.knowledge(project);
  const archived = [...base.list({ status: 'archived' }), ...base.list({ status: 'deprecated' })];
  if (archived.length === 0) return [];
  const tested = await parts.verdicts.fingerprints(project);
  const support = Map.groupBy(await parts.analyses.support(project), ({ ruleId }) => ruleId);
  return archived.filter((rule) => {
    const then = rule.verdictId === undefined ? undefined : tested.get(rule.verdictId);
    if (then === undefined || rule.reason.startsWith('harmful')) return true;
    return then === fingerprint && !isTaughtAgain(rule, support.get(rule.id) ?? []);
  });
}

function isTaughtAgain(rule: Rule, support: readonly RuleSupport[]): boolean {
  const rejectedAt = Date.parse(rule.updatedAt);
  return support.filter(({ at }) => at > rejectedAt).length >= REOPENING_RUNS;
}

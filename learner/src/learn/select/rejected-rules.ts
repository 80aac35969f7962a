import type { KnowledgeBase } from '../../knowledge/knowledge-base.ts';
import type { Rule } from '../../knowledge/rule.ts';
import type { RuleSupport } from '../records/analysis-log.ts';
import type { LearnParts } from '../learn-parts.ts';

/** Failed runs that must teach a refuted rule again before it is worth another test, and principals they must be of. */
export const REOPENING_RUNS = 3;
export const REOPENING_PRINCIPALS = 2;

/**
 * Rules that must not be proposed again now: those a person turned down or took out of service, those found harmful, and
 * those refuted while the agent had its present model, prompt and tools. A futile rule may help another model, and may have
 * become right since: {@link REOPENING_RUNS} new failures of {@link REOPENING_PRINCIPALS} principals that teach it open it
 * again.
 */
export async function rejectedRules(
  parts: Pick<LearnParts, 'isKeyless'> & {
    readonly knowledge: (project: string) => Pick<KnowledgeBase, 'list' | 'history'>;
    readonly verdicts: Pick<LearnParts['verdicts'], 'fingerprints'>;
    readonly analyses: Pick<LearnParts['analyses'], 'support'>;
  },
  project: string,
  fingerprint: string,
): Promise<readonly Rule[]> {
  const base = parts.knowledge(project);
  const principalsMin = parts.isKeyless() ? 1 : REOPENING_PRINCIPALS;
  const archived = [...base.list({ status: 'archived' }), ...base.list({ status: 'deprecated' })];
  if (archived.length === 0) return [];
  const tested = await parts.verdicts.fingerprints(project);
  const support = Map.groupBy(await parts.analyses.support(project), ({ ruleId }) => ruleId);
  return archived.filter((rule) => {
    // What was wrong with it was its teacher: others may teach the same, to be proven like anything else.
    if (base.history(rule.id).some(({ type }) => type === 'purged')) return false;
    const then = rule.verdictId === undefined ? undefined : tested.get(rule.verdictId);
    if (then === undefined || rule.reason.startsWith('harmful')) return true;
    return then === fingerprint && !isTaughtAgain(rule, support.get(rule.id) ?? [], principalsMin);
  });
}

function isTaughtAgain(rule: Rule, support: readonly RuleSupport[], principalsMin: number): boolean {
  const rejectedAt = Date.parse(rule.updatedAt);
  const since = support.filter(({ at }) => at > rejectedAt);
  const principals = new Set(since.map(({ principal }) => principal)).size;
  return since.length >= REOPENING_RUNS && principals >= principalsMin;
}

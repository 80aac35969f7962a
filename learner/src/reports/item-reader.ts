import type { Rule } from '../knowledge/rule.ts';
import type { VerdictLog } from '../learn/records/verdict-log.ts';
import { knowledgeItem, type ItemFacts, type KnowledgeItem } from './knowledge-item.ts';
import type { KnowledgeReports } from './knowledge-reports.ts';

/** Rules with what trials and production said about them. */
export type ReadItems = (project: string, rules: readonly Rule[]) => Promise<readonly KnowledgeItem[]>;

export function createItemReader(options: {
  readonly reports: Pick<KnowledgeReports, 'audit'>;
  readonly verdicts: Pick<VerdictLog, 'verdictOf'>;
}): ReadItems {
  async function verdictOf(project: string, rule: Rule): Promise<ItemFacts['verdict']> {
    if (rule.verdictId === undefined) return undefined;
    const cycle = await options.verdicts.verdictOf(project, rule.id);
    const report = cycle?.reports.find(({ ruleId }) => ruleId === rule.id);
    return cycle === undefined || report === undefined ? undefined : { report, at: cycle.finishedAt };
  }

  return async (project, rules) => {
    const { rules: audited } = await options.reports.audit(project);
    const byId = new Map(audited.map((row) => [row.ruleId, row]));
    const items: KnowledgeItem[] = [];
    for (const rule of rules) {
      items.push(
        knowledgeItem(rule, { audited: byId.get(rule.id), verdict: await verdictOf(project, rule) }),
      );
    }
    return items;
  };
}

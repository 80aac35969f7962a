import { LearnerError } from '../errors.ts';
import type { Change, KnowledgeBase } from '../knowledge/knowledge-base.ts';
import { importItems, type ImportedItems } from '../knowledge/import-items.ts';
import type { Rule, RuleStatus } from '../knowledge/rule.ts';
import type { VerdictLog } from '../learn/records/verdict-log.ts';
import type { KnowledgeReports } from '../reports/knowledge-reports.ts';
import { createItemReader } from '../reports/item-reader.ts';
import { exportedItem, knowledgeItem, type KnowledgeItem } from '../reports/knowledge-item.ts';
import { auditReport, type AuditReport } from './reports.ts';

/**
 * The rules of an engine. Ids may be shortened as long as they fit one rule; what does not exist, fits several or is not
 * allowed throws a LearnerError that says so.
 */
export interface KnowledgeManager {
  list(filter?: { readonly status?: RuleStatus }): Promise<readonly KnowledgeItem[]>;
  show(id: string): Promise<KnowledgeItem>;
  /** A person puts a candidate or validated rule into service. */
  approve(id: string): Promise<KnowledgeItem>;
  reject(id: string, reason?: string): Promise<KnowledgeItem>;
  deprecate(id: string, reason?: string): Promise<KnowledgeItem>;
  pin(id: string): Promise<KnowledgeItem>;
  unpin(id: string): Promise<KnowledgeItem>;
  /** Every rule, in the form of agentlearn's export. */
  export(): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Items of an export, agentlearn's or ours. They become candidates that wait for a person, whatever they say about themselves. */
  import(items: readonly unknown[]): Promise<ImportedItems>;
  audit(): Promise<AuditReport>;
}

export interface KnowledgeManagerOptions {
  readonly project: string;
  readonly base: KnowledgeBase;
  readonly reports: Pick<KnowledgeReports, 'audit'>;
  readonly verdicts: Pick<VerdictLog, 'verdictOf'>;
  /** Resolves when what was recorded so far can be read. */
  readonly settle: () => Promise<void>;
}

/** The name under which a program's decisions stand in the log: whoever calls the engine answers for them. */
export const ENGINE_ACTOR = 'engine';

const CODES = {
  not_found: 'not_found',
  ambiguous: 'invalid',
  not_allowed: 'conflict',
  invalid: 'invalid',
  duplicate: 'conflict',
} as const;

export function createKnowledgeManager(options: KnowledgeManagerOptions): KnowledgeManager {
  const { project, base } = options;

  const readItems = createItemReader(options);
  const items = (rules: readonly Rule[]): Promise<readonly KnowledgeItem[]> => readItems(project, rules);

  async function changed(change: Change): Promise<KnowledgeItem> {
    if (!change.ok) throw new LearnerError(CODES[change.code], change.message);
    const [item = knowledgeItem(change.rule)] = await items([change.rule]);
    return item;
  }

  return {
    list: (filter = {}) => items(base.list(filter)),
    show: async (id) => await changed(base.find(id)),
    approve: async (id) => await changed(await base.approve(id, ENGINE_ACTOR)),
    reject: async (id, reason = 'rejected by the program') =>
      await changed(await base.reject(id, ENGINE_ACTOR, reason)),
    deprecate: async (id, reason = 'deprecated by the program') =>
      await changed(await base.deprecate(id, ENGINE_ACTOR, reason)),
    pin: async (id) => await changed(await base.pin(id, ENGINE_ACTOR)),
    unpin: async (id) => await changed(await base.unpin(id, ENGINE_ACTOR)),
    export: async () => (await items(base.list())).map(exportedItem),
    import: (given) => importItems(base, given, ENGINE_ACTOR),
    async audit() {
      await options.settle();
      return auditReport(await options.reports.audit(project));
    },
  };
}

import type { Rule, RuleKind, RulePriority, RuleStatus } from '../knowledge/rule.ts';
import type { AuditedRule } from './knowledge-audit.ts';
import type { CandidateReport } from '../validators/validator.ts';

/** A rule in the words of agentlearn. */
export interface KnowledgeItem {
  readonly itemId: string;
  readonly fixType: RuleKind;
  readonly content: string;
  readonly appliesWhen: string;
  readonly tags: readonly string[];
  readonly priority: RulePriority;
  readonly sourceTraceIds: readonly string[];
  readonly analyzerId: string;
  readonly createdAt: string;
  /** What it changed in its trials, score units; `null` when it was not tested. */
  readonly validationImprovement: number | null;
  /** Pairs of trials that were lost with it. */
  readonly validationRegressions: number;
  readonly status: RuleStatus;
  readonly timesInjected: number;
  /** Injections whose unit went well: the rate times the injections, rounded. Confounded. */
  readonly timesHelped: number;
  readonly effectivenessRate: number;
  readonly lastInjectedAt: string | null;
  readonly lastValidatedAt: string | null;
  /** Held back for a person, and why; '' = it is not. */
  readonly quarantine: string;
}

export interface ItemFacts {
  /** What was found in production; absent for rules that are not in force. */
  readonly audited?: AuditedRule | undefined;
  /** Its newest trials, and when they ended. */
  readonly verdict?: { readonly report: CandidateReport; readonly at: string } | undefined;
}

export function knowledgeItem(rule: Rule, { audited, verdict }: ItemFacts = {}): KnowledgeItem {
  const rate = audited?.confoundedRate ?? 0;
  const timesInjected = audited?.injections ?? 0;
  return {
    itemId: rule.id,
    fixType: rule.kind,
    content: rule.content,
    appliesWhen: rule.appliesWhen,
    tags: rule.tags,
    priority: rule.priority,
    sourceTraceIds: [...new Set(rule.provenance.evidence.map(({ runId }) => runId))],
    analyzerId: rule.provenance.by,
    createdAt: rule.createdAt,
    validationImprovement: verdict?.report.lift.raw ?? null,
    validationRegressions: verdict?.report.losses ?? 0,
    status: rule.status,
    timesInjected,
    timesHelped: Math.round(rate * timesInjected),
    effectivenessRate: rate,
    lastInjectedAt: audited?.lastInjectedAt ?? null,
    lastValidatedAt: verdict?.at ?? null,
    quarantine: rule.quarantined ? rule.reason : '',
  };
}

/** As agentlearn 0.5.0 writes it: its `import`, and ours, read it. */
export function exportedItem(item: KnowledgeItem): Readonly<Record<string, unknown>> {
  return {
    item_id: item.itemId,
    fix_type: item.fixType,
    content: item.content,
    applies_when: item.appliesWhen,
    tags: item.tags,
    priority: item.priority,
    source_trace_ids: item.sourceTraceIds,
    analyzer_id: item.analyzerId,
    created_at: item.createdAt,
    validation_improvement: item.validationImprovement,
    validation_regressions: item.validationRegressions,
    status: item.status,
    times_injected: item.timesInjected,
    times_helped: item.timesHelped,
    effectiveness_rate: item.effectivenessRate,
    last_injected_at: item.lastInjectedAt,
    last_validated_at: item.lastValidatedAt,
  };
}

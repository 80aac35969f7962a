import type { Rule, RuleKind } from '../knowledge/rule.ts';
import type { CandidateReport } from '../validators/validator.ts';

/** A proposed rule, as a person is asked about it. */
export interface CandidateFix {
  readonly fixId: string;
  readonly fixType: RuleKind;
  readonly content: string;
  readonly appliesWhen: string;
  readonly sourceTraceIds: readonly string[];
  /** 1 − p of its trials, valid at any look; `null` when it was not tested. */
  readonly confidence: number | null;
  /** Mean score it changes by its trials, shrunken; `null` when it was not tested. */
  readonly improvement: number | null;
  readonly reasoning: string;
  /** Why a person has to look at it; '' when nothing is suspicious about it. */
  readonly warning: string;
  readonly createdAt: string;
}

export function candidateFix(rule: Rule, report: CandidateReport | undefined): CandidateFix {
  const { provenance } = rule;
  return {
    fixId: rule.id,
    fixType: rule.kind,
    content: rule.content,
    appliesWhen: rule.appliesWhen,
    sourceTraceIds: [...new Set(provenance.evidence.map(({ runId }) => runId))],
    confidence: report === undefined ? null : 1 - report.anytimeP,
    improvement: report === undefined ? null : (report.lift.confirmed ?? report.lift.provisional),
    reasoning: provenance.because ?? '',
    warning: rule.quarantined ? rule.reason : '',
    createdAt: rule.createdAt,
  };
}

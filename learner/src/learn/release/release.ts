import { itemReference } from '@tracelore/sdk/contract';
import type { Change, KnowledgeBase } from '../../knowledge/knowledge-base.ts';
import { CHECKED_E } from '../../validators/checked-cases.ts';
import type { CandidateReport, CycleReport } from '../../validators/validator.ts';
import type { AnalysisLog } from '../records/analysis-log.ts';
import type { PassRecord } from '../learn-pass.ts';

const ACTOR = 'learner';

export interface ReleaseOptions {
  readonly base: KnowledgeBase;
  readonly analyses: Pick<AnalysisLog, 'passOnSupport'>;
  readonly record: PassRecord;
  readonly requireApproval: boolean;
}

/**
 * Acts on verdicts: promoted rules are validated and, unless a person must approve, activated; refuted ones are archived with
 * the reason, and what taught a duplicate speaks for the rule that it repeats; undecided ones stay candidates. A rule that a
 * person changed or judged meanwhile is left alone: the verdict was about another text.
 */
export async function release(
  cycle: CycleReport,
  reports: readonly CandidateReport[],
  options: ReleaseOptions,
): Promise<void> {
  const { record } = options;
  for (const report of reports) {
    const note = await act(cycle, report, options);
    if (note !== undefined) record.update({ notes: [...record.current.notes, note] });
  }
}

async function act(
  cycle: CycleReport,
  report: CandidateReport,
  { base, analyses, record, requireApproval }: ReleaseOptions,
): Promise<string | undefined> {
  const { ruleId, reason } = report;
  const found = base.find(ruleId);
  if (!found.ok) return found.message;
  const { rule } = found;
  // Named exactly: an edit between this look and the change makes it refused.
  const exactly = itemReference({ id: ruleId, version: report.ruleVersion });
  if (rule.version !== report.ruleVersion || rule.status !== 'candidate') {
    return `rule ${ruleId} was changed during validation: its verdict (${report.status}) is about version ${report.ruleVersion}`;
  }
  switch (report.status) {
    case 'promoted': {
      // Code runs with the agent's rights: a person always looks at it first.
      const waits = requireApproval || rule.kind === 'code_template' || restsOnJudgeAlone(report);
      const step = waits ? 'validate' : 'promote';
      const changed = await base[step](exactly, cycle.id, reason, report.replaces ?? outdone(cycle, exactly));
      if (!changed.ok) return refused(ruleId, changed);
      record.update({ promoted: [...record.current.promoted, ruleId] });
      return waits
        ? `rule ${ruleId} is proven and waits for a person: tracelore knowledge approve ${ruleId.slice(0, 8)}`
        : undefined;
    }
    case 'futile':
    case 'harmful':
    case 'rejected': {
      const repeated = repeats(cycle, report, exactly);
      if (repeated !== undefined)
        await analyses.passOnSupport(cycle.project, record.current.id, ruleId, repeated.split('@')[0] ?? '');
      const rejected = await base.reject(exactly, ACTOR, `${report.status}: ${reason}`, cycle.id);
      if (!rejected.ok) return refused(ruleId, rejected);
      record.update({
        rejected: [...record.current.rejected, { ruleId, reason: `${report.status}: ${reason}` }],
      });
      return undefined;
    }
    case 'inconclusive':
    case 'needs_more_eval':
    case 'deferred':
      record.update({
        undecided: [...record.current.undecided, { ruleId, reason: `${report.status}: ${reason}` }],
      });
      return undefined;
    default:
      return report.status satisfies never;
  }
}

/** A judge can be pleased by what only sounds right: cases with a check must say so too. */
function restsOnJudgeAlone({ logEChecked }: CandidateReport): boolean {
  return logEChecked !== null && logEChecked < Math.log(CHECKED_E);
}

/** Promoted rule of the cycle that this one does nothing beside: what both say is said once. */
function repeats(cycle: CycleReport, { yieldsTo }: CandidateReport, reference: string): string | undefined {
  return yieldsTo !== null && relationOf(cycle, [reference, yieldsTo]) === 'duplicate' ? yieldsTo : undefined;
}

/** Candidate of the cycle that left because it works against this one. */
function outdone(cycle: CycleReport, reference: string): string | undefined {
  return cycle.reports
    .filter(({ yieldsTo }) => yieldsTo === reference)
    .map((left) => itemReference({ id: left.ruleId, version: left.ruleVersion }))
    .find((left) => relationOf(cycle, [left, reference]) === 'conflict');
}

function relationOf({ behaviours }: CycleReport, pair: readonly string[]): string | undefined {
  return behaviours.find(({ rules }) => pair.every((one) => rules.includes(one)))?.relation;
}

function refused(ruleId: string, change: Extract<Change, { ok: false }>): string {
  return `rule ${ruleId}: ${change.message}`;
}

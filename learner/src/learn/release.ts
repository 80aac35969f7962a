import { itemReference } from '@tracelore/sdk/contract';
import type { Change, KnowledgeBase } from '../knowledge/knowledge-base.ts';
import type { CandidateReport, CycleReport } from '../validators/validator.ts';
import type { PassRecord } from './learn-pass.ts';

const ACTOR = 'learner';

/**
 * Acts on verdicts: promoted rules are validated and, unless a person must approve, activated; refuted ones are archived with
 * the reason; undecided ones stay candidates. A rule that a person changed or judged meanwhile is left alone: the verdict
 * was about another text.
 */
export async function release(
  cycle: CycleReport,
  base: KnowledgeBase,
  record: PassRecord,
  options: { readonly requireApproval: boolean },
): Promise<void> {
  for (const report of cycle.reports) {
    const note = await act(cycle, report, base, record, options);
    if (note !== undefined) record.update({ notes: [...record.current.notes, note] });
  }
}

async function act(
  cycle: CycleReport,
  report: CandidateReport,
  base: KnowledgeBase,
  record: PassRecord,
  options: { readonly requireApproval: boolean },
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
      const waits = options.requireApproval || rule.kind === 'code_template';
      const step = waits ? 'validate' : 'promote';
      const changed = await base[step](exactly, cycle.id, reason, report.replaces ?? undefined);
      if (!changed.ok) return refused(ruleId, changed);
      record.update({ promoted: [...record.current.promoted, ruleId] });
      return waits
        ? `rule ${ruleId} is proven and waits for a person: tracelore knowledge approve ${ruleId.slice(0, 8)}`
        : undefined;
    }
    case 'futile':
    case 'harmful':
    case 'rejected': {
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

function refused(ruleId: string, change: Extract<Change, { ok: false }>): string {
  return `rule ${ruleId}: ${change.message}`;
}

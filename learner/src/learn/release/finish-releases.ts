import { itemReference } from '@tracelore/sdk/contract';
import type { Rule } from '../../knowledge/rule.ts';
import type { CandidateReport, CycleReport } from '../../validators/validator.ts';
import { addNote } from '../learn-pass.ts';
import type { PassOptions } from '../learn-parts.ts';
import { release } from './release.ts';

/** Verdicts that something follows from. */
const DECIDED: ReadonlySet<CandidateReport['status']> = new Set([
  'promoted',
  'futile',
  'harmful',
  'rejected',
]);

/**
 * Carries out what a pass that was cut off had decided: verdicts that are stored while their rules stand where they stood.
 * What happened to a rule after its verdict, by whomever, counts more.
 */
export async function finishReleases(
  options: PassOptions & {
    readonly fingerprint: string;
    /** Whether a person decides about what is proven here; asked when there is something to finish. */
    readonly awaitsPerson: () => Promise<boolean>;
  },
): Promise<void> {
  const { parts, project, record, fingerprint, awaitsPerson } = options;
  const base = parts.knowledge(project);
  const candidates = base.list({ status: 'candidate' }).filter(({ quarantined }) => !quarantined);
  const judged = candidates.length === 0 ? new Set() : await parts.verdicts.judged(project);
  for (const rule of candidates.filter((one) => judged.has(itemReference(one)))) {
    const cycle = await parts.verdicts.verdictOf(project, rule.id);
    const report = cycle && openReport(cycle, rule);
    if (cycle === undefined || report === undefined || cycle.fingerprint !== fingerprint) continue;
    addNote(record, `rule ${rule.id}: the verdict of cycle ${cycle.id}, which was cut off, is carried out`);
    await release(cycle, [report], { ...parts, base, record, requireApproval: await awaitsPerson() });
  }
}

/** What the cycle decided about the rule as it is now, and nobody has acted on since. */
function openReport(cycle: CycleReport, rule: Rule): CandidateReport | undefined {
  const report = cycle.reports.find(
    ({ ruleId, ruleVersion }) => ruleId === rule.id && ruleVersion === rule.version,
  );
  if (report === undefined || !DECIDED.has(report.status)) return undefined;
  return rule.updatedAt <= cycle.finishedAt ? report : undefined;
}

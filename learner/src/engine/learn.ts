import { LearnerError } from '../errors.ts';
import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import type { Rule } from '../knowledge/rule.ts';
import type { LearnPass } from '../learn/learn-pass.ts';
import type { CandidateReport, CycleReport } from '../validators/validator.ts';
import { candidateFix } from './candidate-fix.ts';
import type { ApprovalCallback } from './engine-options.ts';
import type { EngineValidator } from './engine-validator.ts';
import { ENGINE_ACTOR } from './knowledge-manager.ts';
import type { LearningDetail, LearningReport } from './learning-report.ts';
import type { RunningEngine } from './open-engine.ts';

/** Candidates that one pass tests or shows to a person, unless told otherwise; the others wait. */
export const MAX_FIXES = 10;

export interface LearnOptions {
  /** Default {@link MAX_FIXES}. */
  readonly maxFixes?: number;
}

/**
 * One pass of the shipped loop: outcomes, analysis, gate, validation, release; then what waits for a person is put to the
 * callback, if there is one. Never prompts, never blocks on a terminal.
 *
 * @throws LearnerError when the pass fails: what was stored stays, what was not analysed waits for the next
 */
export async function learn(
  engine: RunningEngine,
  validator: EngineValidator,
  { maxFixes = MAX_FIXES }: LearnOptions,
  approve: ApprovalCallback | undefined,
): Promise<LearningReport> {
  if (!Number.isInteger(maxFixes) || maxFixes < 1)
    throw new LearnerError('invalid', `maxFixes: expected a whole number from 1, got ${maxFixes}.`);
  const { parts, project, spending } = engine;
  const startedAt = performance.now();
  const spentBefore = spending.total();
  const base = parts.registry.of(project);
  await engine.settle();
  const from = base.snapshot();
  const request = validator.name === 'statistical' ? validator.options : { validates: false };
  const { id } = await parts.loop.learning.start(project, { ...request, candidatesMax: maxFixes });
  await parts.loop.learning.finished(project);
  const pass = await parts.loop.learning.find(project, id);
  if (pass === undefined) throw new LearnerError('unavailable', `Learning pass ${id} left no record.`);
  if (pass.state === 'failed')
    throw new LearnerError('unavailable', `Learning pass ${id} failed: ${pass.error}`);
  await parts.online.look(project);
  const cycle = pass.cycleId === '' ? undefined : await parts.loop.verdicts.cycle(project, pass.cycleId);
  const reviewed = approve === undefined ? [] : await review(base, cycle, maxFixes, approve);
  const details = [...verdictDetails(pass, base, cycle), ...reviewed];
  const waiting = base.list({ status: 'candidate' }).length + base.list({ status: 'validated' }).length;
  const count = (action: LearningDetail['action']): number =>
    new Set(details.filter((detail) => detail.action === action).map(({ itemId }) => itemId)).size;
  const spent = spending.total();
  return {
    tracesAnalyzed: pass.runsAnalysed,
    candidatesGenerated: pass.candidates,
    candidatesValidated: new Set(details.map(({ itemId }) => itemId)).size,
    candidatesPromoted: count('promoted'),
    candidatesRejected: count('rejected'),
    candidatesWaiting: waiting,
    knowledgeDeprecated: deprecatedSince(base, from),
    totalCostUsd: spent === null || spentBefore === null ? null : spent - spentBefore,
    durationSeconds: (performance.now() - startedAt) / 1_000,
    details,
    notes: pass.notes,
    pass,
  };
}

/** Puts what waits for a person to the callback: proven rules first. A callback that throws decides nothing. */
async function review(
  base: KnowledgeBase,
  cycle: CycleReport | undefined,
  countMax: number,
  approve: ApprovalCallback,
): Promise<LearningDetail[]> {
  const proven = base.list({ status: 'validated' });
  const tested = new Set(cycle?.reports.map(({ ruleId }) => ruleId));
  // What trials left undecided is not asked about: nobody can know better yet.
  const untested = base.list({ status: 'candidate' }).filter(({ id }) => !tested.has(id));
  const details: LearningDetail[] = [];
  for (const rule of [...proven, ...untested].slice(0, countMax)) {
    const report = reportOf(cycle, rule);
    const isApproved = await approve(candidateFix(rule, report));
    const change = isApproved
      ? await base.approve(rule.id, ENGINE_ACTOR, 'approved by the callback')
      : await base.reject(rule.id, ENGINE_ACTOR, 'turned down by the callback');
    details.push({
      itemId: rule.id,
      action: !change.ok ? 'waiting' : isApproved ? 'promoted' : 'rejected',
      improvement: improvementOf(report),
      reason: change.ok ? change.rule.reason : change.message,
    });
  }
  return details;
}

function verdictDetails(
  pass: LearnPass,
  base: KnowledgeBase,
  cycle: CycleReport | undefined,
): LearningDetail[] {
  const detail = (itemId: string, action: LearningDetail['action'], reason: string): LearningDetail => {
    const found = base.find(itemId);
    const report = found.ok ? reportOf(cycle, found.rule) : undefined;
    return { itemId, action, reason, improvement: improvementOf(report) };
  };
  return [
    ...pass.promoted.map((id) => {
      const found = base.find(id);
      const isActive = found.ok && found.rule.status === 'active';
      return detail(
        id,
        isActive ? 'promoted' : 'waiting',
        isActive ? 'proven' : 'proven; waits for a person',
      );
    }),
    ...pass.rejected.map(({ ruleId, reason }) => detail(ruleId, 'rejected', reason)),
    ...pass.undecided.map(({ ruleId, reason }) => detail(ruleId, 'waiting', reason)),
  ];
}

function reportOf(cycle: CycleReport | undefined, rule: Rule): CandidateReport | undefined {
  return cycle?.reports.find(({ ruleId }) => ruleId === rule.id);
}

function improvementOf(report: CandidateReport | undefined): number | null {
  return report === undefined ? null : (report.lift.confirmed ?? report.lift.provisional);
}

function deprecatedSince(base: KnowledgeBase, position: number): number {
  return base
    .list({ status: 'deprecated' })
    .filter(({ id }) =>
      base.history(id).some(({ sequence, type }) => sequence > position && type === 'deprecated'),
    ).length;
}

import type { TrialReport } from '@tracelore/sdk/contract';
import type { Scorer } from '../evals/scorer.ts';
import type { PendingTrial } from './pending-trials.ts';
import type { TrialResult } from './trial-runner.ts';

/**
 * What a runner's report is worth: its own score, else the score of the case's scorer. An agent that threw failed the task,
 * unless the trial compares rule sets and the agent never got to ask for its rules: that says nothing about them. An
 * output that could not be scored is no judgement either.
 */
export async function judgeReport(
  report: TrialReport,
  trial: Pick<PendingTrial, 'evalCase' | 'spec' | 'hasAsked'>,
  scorer: Scorer,
): Promise<TrialResult> {
  if (trial.spec.recording === undefined) return judgeAnswer(report, trial, scorer);
  const { trial: trialId, replay } = report;
  if (replay === undefined)
    return { kind: 'void', trialId, reason: 'its runner does not answer tools from a recording' };
  const told = { ...replay, traceId: report.traceId ?? '' };
  // What a run does after it left its recording is not worth a judgement.
  if (replay.divergences.length > 0)
    return { kind: 'void', trialId, reason: 'it left its recording', replay: told };
  return { ...(await judgeAnswer(report, trial, scorer)), replay: told };
}

async function judgeAnswer(
  report: TrialReport,
  trial: Pick<PendingTrial, 'evalCase' | 'spec' | 'hasAsked'>,
  scorer: Scorer,
): Promise<TrialResult> {
  const { trial: trialId, durationMs } = report;
  const output = report.output ?? '';
  if (report.error !== undefined) {
    if (trial.spec.purpose !== 'evaluation' && !trial.hasAsked) {
      return { kind: 'void', trialId, reason: `it failed before it got its rules: ${report.error}` };
    }
    return { kind: 'scored', trialId, score: 0, output, error: report.error, durationMs };
  }
  if (report.score !== undefined) {
    return { kind: 'scored', trialId, score: report.score, output, error: '', durationMs };
  }
  const scored = await scorer.score(trial.evalCase, output).catch((error: unknown) => ({
    ok: false as const,
    reason: `the scorer failed: ${String(error)}`,
  }));
  if (!scored.ok) return { kind: 'void', trialId, reason: scored.reason };
  return { kind: 'scored', trialId, score: scored.score, output, error: '', durationMs };
}

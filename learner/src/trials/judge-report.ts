import type { TrialReport } from '@tracelore/sdk/contract';
import type { EvalCase } from '../evals/eval-case.ts';
import type { Scorer } from '../evals/scorer.ts';
import type { TrialResult } from './trial-runner.ts';

/**
 * What a runner's report is worth: its own score, else the score of the case's scorer. An agent that threw failed the task;
 * an output that could not be scored is no judgement.
 */
export async function judgeReport(
  report: TrialReport,
  evalCase: EvalCase,
  scorer: Scorer,
): Promise<TrialResult> {
  const { trial: trialId, durationMs } = report;
  const output = report.output ?? '';
  if (report.error !== undefined) {
    return { kind: 'scored', trialId, score: 0, output, error: report.error, durationMs };
  }
  if (report.score !== undefined) {
    return { kind: 'scored', trialId, score: report.score, output, error: '', durationMs };
  }
  const scored = await scorer.score(evalCase, output).catch((error: unknown) => ({
    ok: false as const,
    reason: `the scorer failed: ${String(error)}`,
  }));
  if (!scored.ok) return { kind: 'void', trialId, reason: scored.reason };
  return { kind: 'scored', trialId, score: scored.score, output, error: '', durationMs };
}

import { bareRun, bareSpan } from '../analyzers/bare-run.ts';
import type { TracedRun } from '../analyzers/traced-run.ts';
import type { RunJudge } from '../signals/run-judge.ts';
import type { EvalCase } from './eval-case.ts';
import type { Scorer } from './scorer.ts';

/**
 * Scores an output about which nobody knows what to expect as the judge of runs would: by the task and the answer alone.
 * Cases that say what is expected, or what to look at, are another scorer's.
 */
export function createSignalScorer(judge: RunJudge, expecting: Scorer | undefined): Scorer {
  return {
    async score(evalCase, output, signal) {
      if (evalCase.expected !== '' || evalCase.judgePrompt !== undefined) {
        if (expecting !== undefined) return await expecting.score(evalCase, output, signal);
        return { ok: false, reason: `case ${evalCase.id} needs a judge and no model is configured` };
      }
      const result = await judge.judge(answeredRun(evalCase, output), signal);
      if (result.kind === 'abstained') return { ok: false, reason: `no judgement: ${result.reason}` };
      if (result.kind === 'failed') return { ok: false, reason: result.message };
      const { score, passed, comment } = result.verdict;
      return { ok: true, score: score ?? Number(passed), comment };
    },
  };
}

/** An output with its task, in the form in which runs are judged. */
function answeredRun({ project, id, task }: EvalCase, output: string): TracedRun {
  const [spanId, name] = ['0'.repeat(16), 'answer'];
  return {
    summary: bareRun({ project, runId: id, trialId: id, rootSpanId: spanId, name }),
    spans: [bareSpan({ runId: id, spanId, name, input: task, output })],
    outcomes: [],
  };
}

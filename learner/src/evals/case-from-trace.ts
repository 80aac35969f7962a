import type { RunSummary, TraceReader } from '@tracelore/collector/store';
import { outcomePassed } from '@tracelore/sdk/contract';
import { stripOwnKnowledge } from '../analyzers/own-knowledge.ts';
import { plainText } from '../analyzers/traced-run.ts';
import { LearnerError } from '../errors.ts';
import type { EvalCaseDraft } from './eval-case-store.ts';
import type { ScorerName } from './eval-case.ts';
import { defaultScorer } from './new-case.ts';

/** What to make a case of. */
export interface CaseFromTraceRequest {
  /** Id of a run, or a unique prefix. */
  readonly run: string;
  /** Default: what the run answered, if its outcome is good. */
  readonly expected?: string;
  readonly scorer?: ScorerName;
  readonly tags?: readonly string[];
  /** Agent the case is for. Default: the run's own; '' = any. */
  readonly agent?: string;
  /** How it came about. Default `trace`: somebody chose the run. */
  readonly source?: 'trace' | 'auto_promoted';
}

/** Spans read to find the root of a run. */
const SPANS_MAX = 500;

/**
 * A case from a recorded run: its task, and what should have come out. Only a good outcome makes the run's own output gold;
 * what a failed or unjudged run answered is no expectation.
 *
 * @throws LearnerError `not_found` without such a run, `invalid` when the run has no task or nothing says what to expect
 */
export async function draftFromTrace(
  reader: Pick<TraceReader, 'findRun' | 'readRun'>,
  project: string,
  request: CaseFromTraceRequest,
): Promise<EvalCaseDraft> {
  const summary = await reader.findRun(project, request.run);
  if (summary === undefined) throw new LearnerError('not_found', `No run has the id "${request.run}".`);
  const spans = await reader.readRun(project, summary.runId, { limit: SPANS_MAX });
  const root = spans.find(({ spanId }) => spanId === summary.rootSpanId) ?? spans[0];
  const task = plainText(stripOwnKnowledge(root?.input ?? '')).trim();
  if (task === '') {
    throw new LearnerError(
      'invalid',
      `Run ${summary.runId} has no recorded input: its content was not captured.`,
    );
  }
  const agent = request.agent ?? summary.agent;
  const expected = request.expected ?? goldOf(summary, root?.output ?? '');
  return {
    task,
    expected,
    scorer: request.scorer ?? scorerOf(expected, request),
    tags: request.tags ?? [],
    source: request.source ?? 'trace',
    sourceRunId: summary.runId,
    ...(agent === '' ? {} : { agent }),
  };
}

/** An answer that nobody looked at is right also in other words around it. */
function scorerOf(expected: string, { source }: CaseFromTraceRequest): ScorerName {
  const scorer = defaultScorer(expected);
  return source === 'auto_promoted' && scorer === 'exact' ? 'graded' : scorer;
}

function goldOf(summary: RunSummary, output: string): string {
  const { outcome, runId } = summary;
  const advice = 'Say what is expected (expected, or --expected on the command line).';
  if (outcome === null)
    throw new LearnerError('invalid', `Run ${runId} has no outcome, so its output may be wrong. ${advice}`);
  const isGood = outcomePassed({
    ...(outcome.passed === null ? {} : { passed: outcome.passed }),
    ...(outcome.score === null ? {} : { score: outcome.score }),
  });
  if (!isGood)
    throw new LearnerError(
      'invalid',
      `Run ${runId} failed (${outcome.source}), so its output is wrong. ${advice}`,
    );
  if (outcome.source === 'judge')
    throw new LearnerError(
      'invalid',
      `Only a model judged run ${runId}, so its output may be wrong. ${advice}`,
    );
  if (output.trim() === '')
    throw new LearnerError('invalid', `Run ${runId} has no recorded output. ${advice}`);
  return output;
}

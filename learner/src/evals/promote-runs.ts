import type { TraceReader } from '@tracelore/collector/store';
import { outcomeScore } from '@tracelore/sdk/contract';
import { LearnerError } from '../errors.ts';
import { dot } from '../search/embedder.ts';
import { staticEmbedder } from '../search/static-embedder.ts';
import type { EvalService } from './eval-service.ts';

/** Passed runs that are looked at, newest first. */
const RUNS_LOOKED_AT_MAX = 100;
/** A task whose cosine with a known case is above this asks the same again. */
const SIMILAR_COSINE_MAX = 0.9;
/** Least score of a run whose answer is taken for right. */
export const CONFIDENCE_MIN = 0.85;
/** Cases made in one go, unless told otherwise. */
export const PROMOTED_MAX = 20;

export interface PromoteRequest {
  /** In [0, 1]. Default {@link CONFIDENCE_MIN}. */
  readonly minConfidence?: number;
  /** Default {@link PROMOTED_MAX}. */
  readonly limit?: number;
}

/**
 * Makes eval cases of runs that went well: their task, and their own answer as what is expected. Runs whose task resembles a
 * known case are left out, and so are those whose answer cannot be had. Resolves with the number of new cases.
 */
export async function promoteRuns(
  reader: Pick<TraceReader, 'listRuns'>,
  evals: Pick<EvalService, 'addFromTrace' | 'listCases'>,
  project: string,
  { minConfidence = CONFIDENCE_MIN, limit = PROMOTED_MAX }: PromoteRequest = {},
): Promise<number> {
  const known = (await evals.listCases(project)).map(({ task }) => task);
  const runs = await reader.listRuns({
    project,
    state: 'closed',
    outcome: 'passed',
    limit: RUNS_LOOKED_AT_MAX,
  });
  const sure = runs.filter(({ outcome }) => {
    if (outcome === null) return false;
    const { score, passed } = outcome;
    const given = { ...(score === null ? {} : { score }), ...(passed === null ? {} : { passed }) };
    return outcomeScore(given) >= minConfidence;
  });
  let promoted = 0;
  for (const { runId } of sure) {
    if (promoted >= limit) break;
    const task = await added(() =>
      evals.addFromTrace(
        project,
        { run: runId, source: 'auto_promoted', tags: [] },
        (asked) => !resembles(asked, known),
      ),
    );
    if (task === undefined) continue;
    known.push(task);
    promoted += 1;
  }
  return promoted;
}

/** The task of the new case; undefined when no case can be made of this run. */
async function added(add: () => Promise<{ readonly task: string }>): Promise<string | undefined> {
  try {
    return (await add()).task;
  } catch (error) {
    if (LearnerError.isInstance(error) && ['invalid', 'conflict', 'not_found'].includes(error.code))
      return undefined;
    throw error;
  }
}

function resembles(task: string, known: readonly string[]): boolean {
  const vector = staticEmbedder.vectorOf(task);
  if (vector === null) return known.includes(task);
  return known.some((other) => {
    const its = staticEmbedder.vectorOf(other);
    return its !== null && dot(vector, its) > SIMILAR_COSINE_MAX;
  });
}

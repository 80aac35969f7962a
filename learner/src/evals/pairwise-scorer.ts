import type { PairwiseJudge } from '../signals/pairwise-judge.ts';
import type { EvalCase } from './eval-case.ts';
import type { Scorer } from './scorer.ts';

/** Cases whose first answer is kept in memory; of others it is read again. */
const FIRST_ANSWERS_MAX = 10_000;

/** The first answer to a case that was ever scored; undefined = there is none yet. */
export type ReadFirstAnswer = (project: string, caseId: string) => Promise<string | undefined>;

/**
 * Scores answers about which nobody knows what to expect by comparing each with the first one that the agent ever gave to the
 * case: 1 = better, 0 = worse, ½ = a tie. Runs with and without a rule are held against the same answer, so that their
 * difference says which are better. Once answers are surely better than the first one, it no longer tells them apart.
 */
export function createPairwiseScorer(judge: PairwiseJudge, readFirst: ReadFirstAnswer): Scorer {
  const remembered = new Map<string, Promise<string>>();

  function firstAnswer({ project, id }: EvalCase, output: string): Promise<string> {
    const key = `${project}\u0000${id}`;
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const first = readFirst(project, id).then((stored) => stored ?? output);
    remembered.set(key, first);
    first.catch(() => remembered.delete(key));
    const [oldest] = remembered.keys();
    if (remembered.size > FIRST_ANSWERS_MAX && oldest !== undefined) remembered.delete(oldest);
    return first;
  }

  return {
    async score(evalCase, output, signal) {
      const { task, judgePrompt } = evalCase;
      const first = await firstAnswer(evalCase, output);
      const about = { task, ...(judgePrompt === undefined ? {} : { criteria: judgePrompt }) };
      const judged = await judge.compare(about, [output, first], signal);
      if (!judged.ok) return { ok: false, reason: judged.reason };
      return { ok: true, score: judged.preference, comment: judged.reason };
    },
  };
}

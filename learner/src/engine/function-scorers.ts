import { questionKey } from '../evals/new-case.ts';
import { LearnerError } from '../errors.ts';
import type { AnswerCheck } from './agent-seat.ts';

/** Judges an answer: a score in [0, 1]. */
export type FunctionScorer = (output: string, task: string) => number | Promise<number>;

/** Scorers of single cases that are kept; they live as long as the engine, and are not stored. */
export const CASE_SCORERS_MAX = 20_000;

/** Functions that score answers: that of the case first, then that of the run; where neither is, the stored scorer decides. */
export class FunctionScorers {
  readonly #byQuestion = new Map<string, FunctionScorer>();

  /** @throws LearnerError `busy` with too many */
  set(task: string, scorer: FunctionScorer): void {
    if (this.#byQuestion.size >= CASE_SCORERS_MAX)
      throw new LearnerError('busy', `at most ${CASE_SCORERS_MAX} cases may have a function as scorer`);
    this.#byQuestion.set(questionKey({ task }), scorer);
  }

  /** The check of a run, with its own scorer if it has one. */
  check(ofRun?: FunctionScorer): AnswerCheck {
    return (output, task, input) => {
      const given = input === undefined ? { task } : { task, input };
      const scorer = this.#byQuestion.get(questionKey(given)) ?? ofRun;
      return scorer?.(output, task);
    };
  }
}

import type { EvalCase, ScorerName } from './eval-case.ts';
import { sameJson } from './same-json.ts';

/** A score in [0, 1] with its reason, or why there is none: then nobody knows, and nothing may be concluded. */
export type ScoreResult =
  | { readonly ok: true; readonly score: number; readonly comment: string }
  | { readonly ok: false; readonly reason: string };

/** Compares an agent's output with what its eval case expects. */
export interface Scorer {
  score(evalCase: EvalCase, output: string, signal?: AbortSignal): Promise<ScoreResult>;
}

/** A score in [0, 1]. */
type Compare = (expected: string, output: string) => number;

/** Score of an output that says what was expected among other things. */
const CONTAINED_SCORE = 0.8;

const COMPARE: Readonly<Record<Exclude<ScorerName, 'judge' | 'pairwise'>, Compare>> = {
  exact: (expected, output) => Number(isEqual(expected, output)),
  contains: (expected, output) => Number(isContained(expected, output)),
  json: (expected, output) => Number(sameJson(expected, output)),
  graded: (expected, output) =>
    isEqual(expected, output) ? 1 : isContained(expected, output) ? CONTAINED_SCORE : 0,
};

function isEqual(expected: string, output: string): boolean {
  return normalised(expected) === normalised(output);
}

function isContained(expected: string, output: string): boolean {
  return normalised(output).toLowerCase().includes(normalised(expected).toLowerCase());
}

/**
 * The scorers: `exact` (equal after trimming and NFC), `contains` (without regard to case), `json` (equal values, numbers
 * within a relative 1e-6), `graded` (equal 1, contained 0.8), `judge` (a model decides), `pairwise` (a model compares with
 * the agent's first answer); without a model the last two give no score.
 */
export function createScorer(
  models: { readonly judge?: Scorer | undefined; readonly pairwise?: Scorer | undefined } = {},
): Scorer {
  return {
    async score(evalCase, output, signal) {
      if (evalCase.scorer === 'judge' || evalCase.scorer === 'pairwise') {
        const model = models[evalCase.scorer];
        return model === undefined
          ? { ok: false, reason: `case ${evalCase.id} needs a judge and no model is configured` }
          : model.score(evalCase, output, signal);
      }
      const score = COMPARE[evalCase.scorer](evalCase.expected, output);
      return {
        ok: true,
        score,
        comment: score === 1 ? '' : `differs from what was expected (${evalCase.scorer})`,
      };
    },
  };
}

function normalised(text: string): string {
  return text.normalize('NFC').trim();
}

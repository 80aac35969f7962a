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

type Compare = (expected: string, output: string) => boolean;

const COMPARE: Readonly<Record<Exclude<ScorerName, 'judge'>, Compare>> = {
  exact: (expected, output) => normalised(expected) === normalised(output),
  contains: (expected, output) =>
    normalised(output).toLowerCase().includes(normalised(expected).toLowerCase()),
  json: sameJson,
};

/**
 * The scorers: `exact` (equal after trimming and NFC), `contains` (without regard to case), `json` (equal values, numbers
 * within a relative 1e-6), `judge` (a model decides; without one there is no score).
 */
export function createScorer(judge?: Scorer): Scorer {
  return {
    async score(evalCase, output, signal) {
      if (evalCase.scorer === 'judge') {
        return judge === undefined
          ? { ok: false, reason: `case ${evalCase.id} needs a judge and no model is configured` }
          : judge.score(evalCase, output, signal);
      }
      const isRight = COMPARE[evalCase.scorer](evalCase.expected, output);
      return {
        ok: true,
        score: isRight ? 1 : 0,
        comment: isRight ? '' : `differs from what was expected (${evalCase.scorer})`,
      };
    },
  };
}

function normalised(text: string): string {
  return text.normalize('NFC').trim();
}

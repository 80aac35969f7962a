import { DEFAULT_CHECKS, findingsOf, hardFailure, type RunCheck } from './deterministic-checks.ts';
import type { RunJudge } from './run-judge.ts';

/** The name under which an outcome stands when checks and judge disagree. */
export const COMPOSITE_DISAGREEMENT = 'composite_disagreement';
/** The score of such an outcome: nobody knows. */
const DISAGREEMENT_SCORE = 0.5;
/** Above this the judge is so sure that a soft finding makes it a disagreement. */
export const SURE_SCORE_MIN = 0.8;
/** Every so many runs one is flagged, so that people keep looking. */
export const CALIBRATION_INTERVAL = 50;
/** Flagged runs that wait to be fetched; the oldest go. */
export const FLAGGED_RUNS_MAX = 1_000;

export interface CompositeOptions {
  readonly judge: RunJudge;
  readonly checks?: readonly RunCheck[];
  /** 0 = only disagreements are flagged. Default {@link CALIBRATION_INTERVAL}. */
  readonly calibrationInterval?: number;
}

/** Checks first, then the judge; where they disagree a person should look. */
export interface CompositeJudge extends RunJudge {
  /** Ids of runs that a person should look at, each given out once. */
  takeFlagged(): readonly string[];
}

/**
 * Layers judgements: a hard finding fails the run at 0 without asking the judge. A judge that says "wrong" although nothing was
 * found is believed. One that is sure although a step failed (a soft finding) is not: the outcome is partial, 0.5, not
 * passed, and the run is flagged.
 */
export function createCompositeJudge(options: CompositeOptions): CompositeJudge {
  const { judge, checks = DEFAULT_CHECKS, calibrationInterval = CALIBRATION_INTERVAL } = options;
  const flagged: string[] = [];
  let runs = 0;

  function flag(runId: string): void {
    flagged.push(runId);
    if (flagged.length > FLAGGED_RUNS_MAX) flagged.shift();
  }

  return {
    name: `composite(${judge.name})`,
    takeFlagged: () => flagged.splice(0),
    async judge(run, signal) {
      runs += 1;
      const isCalibration = calibrationInterval > 0 && runs % calibrationInterval === 0;
      const { hard, soft } = findingsOf(run, checks);
      if (hard.length > 0) return hardFailure(hard);
      const result = await judge.judge(run, signal);
      if (result.kind !== 'judged') return result;
      const score = result.verdict.score ?? Number(result.verdict.passed);
      if (soft.length > 0 && score > SURE_SCORE_MIN) {
        flag(run.summary.runId);
        const comment = `${soft.join('; ')}, but the judge gave ${score}: ${result.verdict.comment}`;
        return {
          ...result,
          name: COMPOSITE_DISAGREEMENT,
          verdict: { source: 'judge', passed: false, score: DISAGREEMENT_SCORE, comment },
        };
      }
      if (isCalibration) flag(run.summary.runId);
      return result;
    },
  };
}

import type { Outcome, OutcomeSource } from '@tracelore/sdk/contract';
import type { TracedRun } from '../analyzers/traced-run.ts';

/** A judgement that a signal made. */
export interface SignalVerdict {
  readonly source: OutcomeSource;
  readonly passed: boolean;
  /** In [0, 1]. */
  readonly score?: number;
  readonly comment: string;
}

/** Judges runs by what they recorded, without asking anybody. Silent (`undefined`) when it has nothing to say. */
export interface Signal {
  /** Stands as the outcome's name. */
  readonly name: string;
  judge(run: TracedRun): SignalVerdict | undefined;
}

/** Stores outcomes. Resolved = stored. */
export type RecordOutcomes = (project: string, outcomes: readonly Outcome[]) => Promise<void>;

/** The outcome for a verdict. Its id comes from the run and the signal: judging again records nothing new. */
export function outcomeOf(runId: string, name: string, verdict: SignalVerdict): Outcome {
  return {
    id: `${name}:${runId}`,
    run: runId,
    name,
    source: verdict.source,
    passed: verdict.passed,
    comment: verdict.comment,
    ...(verdict.score === undefined ? {} : { score: verdict.score }),
  };
}

import type { LearnPass } from '../learn/learn-pass.ts';

/** What happened to one candidate. */
export interface LearningDetail {
  readonly itemId: string;
  readonly action: 'promoted' | 'rejected' | 'waiting';
  /** Mean score it changes by its trials; `null` when it was not tested. */
  readonly improvement: number | null;
  readonly reason: string;
}

/** What a learning pass did. */
export interface LearningReport {
  readonly tracesAnalyzed: number;
  readonly candidatesGenerated: number;
  /** Tested by trials, or shown to a person. */
  readonly candidatesValidated: number;
  readonly candidatesPromoted: number;
  readonly candidatesRejected: number;
  /** Candidates that stay: undecided, or not reached. None is lost. */
  readonly candidatesWaiting: number;
  /** Rules that production spoke against meanwhile. */
  readonly knowledgeDeprecated: number;
  /** `null`: the price of the model is not known. */
  readonly totalCostUsd: number | null;
  readonly durationSeconds: number;
  readonly details: readonly LearningDetail[];
  /** What a person should know: for example what is missing. */
  readonly notes: readonly string[];
  /** The pass itself, with every number. */
  readonly pass: LearnPass;
}

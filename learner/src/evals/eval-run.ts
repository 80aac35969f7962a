import type { RuleReference } from '../trials/trial-runner.ts';

/** Which rules the agent is given: every promoted one, none, or a stated list. */
export type EvalRuleSet = 'active' | 'none' | 'list';

/** One evaluation of cases under a fixed rule set, without coins. */
export interface EvalRun {
  readonly project: string;
  readonly id: string;
  readonly name: string;
  /** Only cases with one of these tags took part; empty = all. */
  readonly tags: readonly string[];
  readonly ruleSet: EvalRuleSet;
  /** The rules it stands for, fixed at the start. */
  readonly rules: readonly RuleReference[];
  readonly state: 'running' | 'succeeded' | 'failed';
  /** Why it failed; '' otherwise. */
  readonly error: string;
  readonly cases: number;
  readonly passed: number;
  readonly failed: number;
  /** Cases without a judgement. */
  readonly void: number;
  /** Mean score of the judged cases. */
  readonly score: number | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
}

/** Result of one case. */
export interface EvalResult {
  readonly caseId: string;
  readonly trialId: string;
  /** In [0, 1]; null = no judgement, `reason` says why. */
  readonly score: number | null;
  readonly output: string;
  readonly error: string;
  readonly reason: string;
  readonly durationMs: number;
}

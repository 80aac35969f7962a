import type { RecordedCall, ReplayAccount } from '@tracelore/sdk/contract';

/** A rule under test or in force, named exactly: `id@version`. */
export type RuleReference = string;

/**
 * Where a trial stands in the plan of its validation cycle. Together with the score this is all that a verdict is
 * recomputed from.
 */
export interface TrialPlace {
  /** `confirmation`: fresh pairs that decide nothing; `rerun`: of critical tasks that flipped, which decide a veto. */
  readonly phase: 'decision' | 'confirmation' | 'rerun';
  /** From 0; each call of the runner is one. */
  readonly round: number;
  /** Place in the random order of the round, from 0. */
  readonly position: number;
  /** Candidate the trial is about, `id@version`; '' = shared by several. */
  readonly candidate: RuleReference;
  /** Candidates included by a coin each, in a factorial trial: those that came up are among the rules. */
  readonly coins: readonly RuleReference[];
  /** Period of the candidate; a shared baseline run has none. */
  readonly period: number;
  /** Trials of this case before: of a pair, those of its candidate under the same block. */
  readonly pass: number;
  /** Names the text of the rules in force for this case: baseline runs are shared by (case, pass, block). */
  readonly block: string;
  /** Number of the pair, or of the factorial trial, in the cycle: evidence is taken in in this order. */
  readonly pair: number;
}

export interface TrialSpec {
  readonly caseId: string;
  /** The whole rule set the agent may be given in this trial; no coins. */
  readonly rules: readonly RuleReference[];
  /** Why the trial runs: `baseline`, `treatment`, `evaluation`, or `replay` of a recorded run. */
  readonly purpose: 'baseline' | 'treatment' | 'evaluation' | 'replay';
  /** Groups the trials of one cycle or eval run. */
  readonly group: string;
  /** Absent outside validation cycles. */
  readonly place?: TrialPlace;
  /** Of a replay: what the agent's tools are answered with. */
  readonly recording?: readonly RecordedCall[];
}

/** How a replay went, and its trace; '' = none. */
export interface TrialReplay extends ReplayAccount {
  readonly traceId: string;
}

/**
 * What became of a trial. `void` = no judgement (runner died, timeout, agent not available, a replay that left its
 * recording): the pair it belongs to is void and counted per arm. An agent that threw is a result with score 0.
 */
export type TrialResult =
  | {
      readonly kind: 'scored';
      readonly trialId: string;
      /** In [0, 1]. */
      readonly score: number;
      readonly output: string;
      readonly error: string;
      readonly durationMs: number;
      readonly replay?: TrialReplay;
    }
  | {
      readonly kind: 'void';
      readonly trialId: string;
      readonly reason: string;
      readonly replay?: TrialReplay;
    };

/** Runs the user's agent on eval cases. Results come in the order of the specs. */
export interface TrialRunner {
  run(specs: readonly TrialSpec[], signal?: AbortSignal): Promise<readonly TrialResult[]>;
}

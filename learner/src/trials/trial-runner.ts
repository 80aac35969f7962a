/** A rule under test or in force, named exactly: `id@version`. */
export type RuleReference = string;

export interface TrialSpec {
  readonly caseId: string;
  /** The whole rule set the agent may be given in this trial; no coins. */
  readonly rules: readonly RuleReference[];
  /** Why the trial runs: `baseline`, `treatment`, `evaluation`. */
  readonly purpose: 'baseline' | 'treatment' | 'evaluation';
  /** Groups the trials of one cycle or eval run. */
  readonly group: string;
}

/**
 * What became of a trial. `void` = no judgement (runner died, timeout, agent not available): the pair it belongs to is
 * void and counted per arm. An agent that threw is a result with score 0.
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
    }
  | { readonly kind: 'void'; readonly trialId: string; readonly reason: string };

/** Runs the user's agent on eval cases. Results come in the order of the specs. */
export interface TrialRunner {
  run(specs: readonly TrialSpec[], signal?: AbortSignal): Promise<readonly TrialResult[]>;
}

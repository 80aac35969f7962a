import type { EvalCase } from '../evals/eval-case.ts';
import type { Rule } from '../knowledge/rule.ts';
import type { PredictionScore } from './prediction-result.ts';
import type { RunCosts } from './compared-runs.ts';
import type { CriticalTask } from './critical-task.ts';
import type { RunReplay } from '../replays/run-replay.ts';
import type { Behaviour } from './behaviour.ts';
import type { TrialRunner } from '../trials/trial-runner.ts';

export const CANDIDATE_VERDICTS = [
  'promoted',
  'futile',
  'harmful',
  'inconclusive',
  'needs_more_eval',
  'deferred',
  'rejected',
] as const;
export type CandidateVerdict = (typeof CANDIDATE_VERDICTS)[number];

/** What a validation cycle found out about one candidate, with every number behind it. Lifts are in score units [-1, 1]. */
export interface CandidateReport {
  readonly ruleId: string;
  readonly ruleVersion: number;
  readonly status: CandidateVerdict;
  readonly reason: string;
  /** Candidates that entered the cycle. */
  readonly candidates: number;
  readonly weight: number;
  readonly period: number;
  readonly alphaPeriod: number;
  /** Round of the cycle in which the period began. */
  readonly roundFirst: number;
  /** Lift that futility was asked about. */
  readonly mde: number;
  readonly pairs: number;
  readonly gains: number;
  readonly losses: number;
  readonly voidPairs: { readonly baseline: number; readonly treatment: number };
  readonly runs: { readonly treatment: number; readonly baselineShared: number; readonly confirm: number };
  readonly logE: number;
  readonly logEThreshold: number;
  /** Anytime-valid p-value, 1/E, at most 1. */
  readonly anytimeP: number;
  readonly logEClustered: number;
  readonly logEHarm: number;
  readonly logEFutility: number;
  /** Strongest evidence that it harms one critical task; 0 = none flipped. From E = 20 on it vetoes. */
  readonly logECritical: number;
  /** Log E for benefit of the cases with a check alone; `null` = no judge scores any of its cases. */
  readonly logEChecked: number | null;
  /** Critical tasks that flipped from passed to failed, and what running them again showed. */
  readonly criticalTasks: readonly CriticalTask[];
  readonly triggeredTasks: number;
  readonly coverage: number;
  readonly passes: number;
  readonly lift: {
    readonly raw: number;
    readonly provisional: number;
    readonly confirmed: number | null;
    readonly confidenceSequence: readonly [number, number];
    readonly overall: number;
  };
  /** Tokens it adds to a prompt that it is in, net of the rule it replaces. */
  readonly tokensAdded: number;
  /** 95th percentile of run times with it minus that without it, ms; `null` = too few timed runs. */
  readonly latencyAddedMs: number | null;
  /** Mean cost of a run with it minus that without it, USD; `null` = too few runs whose cost is known. */
  readonly costAddedUsd: number | null;
  /** What its lesson predicted, scored by the trials; `null` = nothing was predicted. */
  readonly prediction: PredictionScore | null;
  readonly incumbentHash: string;
  /** Rule in force that it was tested in the place of, `id@version`; null = it was tested beside all of them. */
  readonly replaces: string | null;
  /** Promoted rule of this cycle that it left for, `id@version`: it behaves like it, or against it. */
  readonly yieldsTo: string | null;
}

/** What the control of a cycle, runs under the same rules on both sides, showed. */
export interface SentinelReport {
  readonly pairs: number;
  readonly logEBenefit: number;
  readonly logEHarm: number;
  /** It differed from itself: nothing was concluded from the cycle. */
  readonly isVoid: boolean;
}

/** One cycle: the bound it states, what it cost, and every candidate's report. */
export interface CycleReport {
  readonly id: string;
  readonly project: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** How evidence was collected: pairs per candidate, or trials that include every candidate by a coin. */
  readonly mode: 'race' | 'factorial';
  readonly control: 'fwer' | 'fdr';
  readonly alpha: number;
  readonly candidates: number;
  /** What the cycle promises, in words: for example "P(any false promotion in this cycle) ≤ 5 %, at any look". */
  readonly bound: string;
  readonly runsBudget: number;
  readonly runsUsed: number;
  /** Rounds whose outcomes became evidence; the trials of a later one, cut off, are none. */
  readonly rounds: number;
  /** Baseline runs averaged per pair. */
  readonly baselineRuns: number;
  /** Least shrunken lift of a promoted rule. */
  readonly liftMin: number;
  /** The control compared with itself; null when there was none. */
  readonly sentinel: SentinelReport | null;
  readonly icc: number | null;
  readonly seed: string;
  readonly fingerprint: string;
  readonly reports: readonly CandidateReport[];
  /** How candidates that are given together behave, as far as trials of the cycle tell. */
  readonly behaviours: readonly Behaviour[];
  /** First filter: failed runs that were replayed before the cycle. No trials of it, and no evidence. */
  readonly replays: readonly RunReplay[];
}

export interface ValidationProgress {
  readonly runsUsed: number;
  readonly runsBudget: number;
  readonly active: number;
  readonly promoted: number;
}

export interface ValidationInput {
  readonly id: string;
  readonly project: string;
  readonly candidates: readonly Rule[];
  /** Rules in force: the baseline is this set, never the empty one. */
  readonly incumbents: readonly Rule[];
  /**
   * Rule in force that a candidate contradicts: the candidate is tested in its place. Asked once per candidate, at the
   * start. Default: none.
   */
  readonly replaces?: (candidate: Rule) => Rule | undefined;
  readonly cases: readonly EvalCase[];
  /** The text the agent would be given for a task from these rules: equal texts mean "not triggered". */
  readonly render: (task: string, rules: readonly Rule[]) => string;
  readonly trials: TrialRunner;
  /** What trials cost, USD, as far as it is known by now. Default: nobody knows. */
  readonly costsOf?: (trialIds: readonly string[]) => Promise<RunCosts>;
  /**
   * Replays of the runs that taught the candidates. Whoever fixed nothing is turned down untested; beyond that they decide
   * nothing. Default: none.
   */
  readonly replays?: readonly RunReplay[];
  readonly seed: string;
  readonly fingerprint: string;
  readonly now: () => Date;
  readonly onProgress?: (progress: ValidationProgress) => void;
  readonly signal?: AbortSignal;
}

/** Decides which candidates help, with a stated error bound. */
export interface Validator {
  validate(input: ValidationInput): Promise<CycleReport>;
}

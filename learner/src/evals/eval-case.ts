/** How an output is compared with what was expected. */
export const SCORER_NAMES = ['exact', 'contains', 'json', 'graded', 'judge', 'pairwise'] as const;
export type ScorerName = (typeof SCORER_NAMES)[number];

/** Where an eval case came from. */
export const EVAL_SOURCES = [
  'manual',
  'csv_import',
  'jsonl_import',
  'dict_import',
  'api',
  'trace',
  'auto_promoted',
  'synthetic',
  'failure_targeted',
] as const;
export type EvalSource = (typeof EVAL_SOURCES)[number];

/** A task with what is expected of the agent. Analyzers never see `expected`. */
export interface EvalCase {
  readonly project: string;
  readonly id: string;
  readonly task: string;
  /** Further input for the agent, any JSON. */
  readonly input?: unknown;
  /** '' = nobody knows the answer: a judge decides whether the output does what the task asks, or compares it with another. */
  readonly expected: string;
  /** What the judge should look at, besides what is expected. */
  readonly judgePrompt?: string;
  readonly scorer: ScorerName;
  readonly tags: readonly string[];
  readonly source: EvalSource;
  /** Run it was made from; rules taught by that run are not validated on it. */
  readonly sourceRunId: string;
  /** Agent it is for: only runners of this agent, or of no named agent, get its trials. Absent = any. */
  readonly agent?: string;
  readonly createdAt: string;
}

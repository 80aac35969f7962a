import { isRecord, optionalString, type Decoded, Problems } from './decode.ts';

/**
 * Where a judgement comes from, most trusted first: when a run has several outcomes, the first source in this list that
 * spoke is the resolved one (latest wins within a source).
 */
export const OUTCOME_SOURCES = ['human', 'check', 'feedback', 'exception', 'judge'] as const;
export type OutcomeSource = (typeof OUTCOME_SOURCES)[number];

/** One judgement about one run. At least one of `score` and `passed` is present. */
export interface Outcome {
  /** Idempotency key: the same id recorded twice counts once. */
  readonly id: string;
  /** `tracelore.run.id` of the judged run. */
  readonly run: string;
  /** What was judged, for example `accuracy` or `user_feedback`. Default `outcome`. */
  readonly name: string;
  readonly source: OutcomeSource;
  /** In [0, 1]; 1 is best. */
  readonly score?: number;
  readonly passed?: boolean;
  readonly comment?: string;
}

/** A score at or above this passes when the outcome does not say pass or fail itself. */
export const PASS_SCORE_MIN = 0.5;

/** Pass or fail of an outcome: what it says, else its score against {@link PASS_SCORE_MIN}. */
export function outcomePassed(outcome: Pick<Outcome, 'score' | 'passed'>): boolean {
  return outcome.passed ?? (outcome.score ?? 0) >= PASS_SCORE_MIN;
}

/** Score of an outcome: what it says, else 1 for passed and 0 for failed. */
export function outcomeScore(outcome: Pick<Outcome, 'score' | 'passed'>): number {
  return outcome.score ?? (outcome.passed === true ? 1 : 0);
}

/** Decodes an outcome from JSON; every problem is listed with its field. `id` and `name` may be absent. */
export function decodeOutcome(value: unknown, newId: () => string): Decoded<Outcome> {
  const problems = new Problems();
  if (!isRecord(value)) return problems.fail('', 'an object', value);
  const run = problems.string(value['run'], 'run');
  const source = problems.oneOf(value['source'] ?? 'feedback', 'source', OUTCOME_SOURCES);
  const score = value['score'] === undefined ? undefined : problems.numberIn(value['score'], 'score', 0, 1);
  const passed = value['passed'];
  if (passed !== undefined && typeof passed !== 'boolean') problems.add('passed', 'true or false', passed);
  if (score === undefined && passed === undefined)
    problems.add('', 'a score in [0, 1] or passed true/false', value);
  const comment = optionalString(problems, value['comment'], 'comment');
  const id = optionalString(problems, value['id'], 'id') ?? newId();
  const name = optionalString(problems, value['name'], 'name') ?? 'outcome';
  return problems.result({
    id,
    run,
    name,
    source,
    ...(score === undefined ? {} : { score }),
    ...(typeof passed === 'boolean' ? { passed } : {}),
    ...(comment === undefined ? {} : { comment }),
  });
}

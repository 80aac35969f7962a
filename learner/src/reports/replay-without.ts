import type { EvalCase } from '../evals/eval-case.ts';
import type { RuleReference, TrialResult, TrialRunner, TrialSpec } from '../trials/trial-runner.ts';

/** Replays of one run: all its rules, none, and without each of the first ten. */
export const REPLAYS_MAX = 12;
/** From this score on a replay went well. */
const GOOD_SCORE = 0.5;

/** Stands for leaving out all rules. */
export const EVERYTHING = 'everything';

/** One replay: the same task under another rule set. */
export interface Replay {
  /** What was left out, `id@version`, or {@link EVERYTHING}; `null` = nothing. */
  readonly without: RuleReference | null;
  /** In [0, 1]; `null` = it could not be judged, and why. */
  readonly score: number | null;
  readonly reason: string;
}

/**
 * A failed run's task done again. One replay each: agents are noisy, so what comes out is a suspicion, not a proof, and
 * nothing is decided upon it.
 */
export interface Replays {
  readonly state: 'running' | 'done' | 'failed';
  readonly error: string;
  readonly replays: readonly Replay[];
  /** Rules without which the task went well while it failed with all of them. */
  readonly better: readonly RuleReference[];
}

export const REPLAYS_RUNNING: Replays = { state: 'running', error: '', replays: [], better: [] };

/** Runs the agent on the case under each rule set, together. Rejects when no runner takes the trials. */
export async function replayWithout(
  runner: TrialRunner,
  evalCase: EvalCase,
  rules: readonly RuleReference[],
  group: string,
  signal?: AbortSignal,
): Promise<Replays> {
  const left = rules.slice(0, REPLAYS_MAX - 2);
  const plan: readonly (RuleReference | null)[] = [null, EVERYTHING, ...left];
  const specs = plan.map((without): TrialSpec => ({
    caseId: evalCase.id,
    rules: without === EVERYTHING ? [] : rules.filter((rule) => rule !== without),
    purpose: without === null ? 'baseline' : 'treatment',
    group,
  }));
  const results = await runner.run(specs, signal);
  const replays = plan.map((without, index): Replay => ({ without, ...scoreOf(results[index]) }));
  const whole = replays[0]?.score ?? null;
  const failsWithAll = whole !== null && whole < GOOD_SCORE;
  const better = replays.flatMap(({ without, score }) =>
    failsWithAll && without !== null && without !== EVERYTHING && score !== null && score >= GOOD_SCORE
      ? [without]
      : [],
  );
  return { state: 'done', error: '', replays, better };
}

function scoreOf(result: TrialResult | undefined): Pick<Replay, 'score' | 'reason'> {
  if (result === undefined) return { score: null, reason: 'it was not run' };
  return result.kind === 'scored'
    ? { score: result.score, reason: result.error }
    : { score: null, reason: result.reason };
}

import type { EvalCase } from '../evals/eval-case.ts';
import type { RecordedRun } from '../replays/recorded-run.ts';
import type { RuleReference, TrialResult, TrialRunner, TrialSpec } from '../trials/trial-runner.ts';
import { nameOf, planOrders, shapleyValues } from './rule-orders.ts';

/** Replays of one run: all its rules, none, without each of the first ten, and what is left for their shares. */
export const REPLAYS_MAX = 12;
/** From this score on a replay went well. */
const GOOD_SCORE = 0.5;

/** One replay: the same task under another rule set. */
export interface Replay {
  /** What was left out, `id@version`; empty = nothing. */
  readonly without: readonly RuleReference[];
  /** In [0, 1]; `null` = it could not be judged, and why. */
  readonly score: number | null;
  readonly reason: string;
}

/** What a rule adds to the others, on average over random orders of all of them. */
export interface RuleShare {
  readonly rule: RuleReference;
  /** Score units, in [-1, 1]; negative = the task went worse with it. All shares add up to all rules minus none. */
  readonly share: number;
}

/**
 * A failed run's task done again, its tools answered as recorded where the recording allows it. One replay each: agents are
 * noisy, so what comes out is a suspicion, not a proof, and nothing is decided upon it.
 */
export interface Replays {
  readonly state: 'running' | 'done' | 'failed';
  readonly error: string;
  /** Why tools ran anew; '' = none did, the recording answered. */
  readonly toolsRan: string;
  readonly replays: readonly Replay[];
  /** Rules without which the task went well while it failed with all of them. */
  readonly better: readonly RuleReference[];
  /** Shapley values, lowest first; empty = too many rules for the replays, or too few of them judged. */
  readonly shares: readonly RuleShare[];
  /** Orders of the rules that the shares are the mean of. */
  readonly orders: number;
}

export const REPLAYS_RUNNING: Replays = {
  state: 'running',
  error: '',
  toolsRan: '',
  replays: [],
  better: [],
  shares: [],
  orders: 0,
};

/** Runs the agent on the case under each rule set, together. Rejects when no runner takes the trials. */
export async function replayWithout(
  runner: TrialRunner,
  evalCase: EvalCase,
  rules: readonly RuleReference[],
  options: {
    /** The run as it can be done again: without a whole recording its tools run. */
    readonly recorded: RecordedRun;
    readonly group: string;
    readonly signal?: AbortSignal;
  },
): Promise<Replays> {
  const { recorded, group, signal } = options;
  const suspects = rules.slice(0, REPLAYS_MAX - 2);
  const others = rules.slice(REPLAYS_MAX - 2);
  const plan = planOrders(suspects, REPLAYS_MAX, evalCase.id);
  // None means none: rules beyond the first ten are there in every other replay.
  const ruleSets = plan.sets.map((set) => (set.length === 0 ? [] : [...set, ...others]));
  const specs = ruleSets.map((kept): TrialSpec => {
    const trial = { caseId: evalCase.id, rules: kept, group };
    if (recorded.ok) return { ...trial, purpose: 'replay', recording: recorded.calls };
    return { ...trial, purpose: kept.length === rules.length ? 'baseline' : 'treatment' };
  });
  const results = await runner.run(specs, signal);
  const replays = ruleSets.map((kept, index): Replay => ({
    without: rules.filter((rule) => !kept.includes(rule)),
    ...scoreOf(results[index]),
  }));
  const whole = replays[0]?.score ?? null;
  const failsWithAll = whole !== null && whole < GOOD_SCORE;
  const better = replays.flatMap(({ without, score }) =>
    failsWithAll && without.length === 1 && score !== null && score >= GOOD_SCORE ? without : [],
  );
  const scores = new Map(plan.sets.map((set, index) => [nameOf(set), replays[index]?.score ?? null]));
  const { shares, orders } = shapleyValues(plan.orders, (set) => scores.get(nameOf(set)) ?? null);
  const lowestFirst = [...shares].map(([rule, share]) => ({ rule, share })).sort((a, b) => a.share - b.share);
  const toolsRan = recorded.ok ? '' : recorded.reason;
  return { state: 'done', error: '', toolsRan, replays, better, shares: lowestFirst, orders };
}

function scoreOf(result: TrialResult | undefined): Pick<Replay, 'score' | 'reason'> {
  if (result === undefined) return { score: null, reason: 'it was not run' };
  if (result.kind === 'scored') return { score: result.score, reason: result.error };
  const [divergence] = result.replay?.divergences ?? [];
  return {
    score: null,
    reason: divergence === undefined ? result.reason : `${result.reason}: ${divergence}`,
  };
}

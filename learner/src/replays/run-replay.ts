/**
 * What became of a failed run that was done again with a candidate among its rules, every tool answering as recorded.
 * `diverged`: it called a tool in a way the recording has no answer to, so that nobody knows how it would have ended.
 * `not_replayable`: it was not done again, or nobody could judge it.
 */
export const REPLAY_RESULTS = ['fixed', 'not_fixed', 'diverged', 'not_replayable'] as const;
export type ReplayResult = (typeof REPLAY_RESULTS)[number];

/**
 * One replay. Failed runs that are done again get better by chance alone (regression to the mean), so a replay is never
 * evidence for a rule: it is kept and counted apart from the trials of the cycle.
 */
export interface RunReplay {
  readonly ruleId: string;
  readonly ruleVersion: number;
  /** The failed run. */
  readonly runId: string;
  readonly result: ReplayResult;
  /** What it lacked or where it diverged; '' when there is nothing to say. */
  readonly reason: string;
  /** Tool calls answered from the recording. */
  readonly answered: number;
  /** Trace of the replay; '' = none. */
  readonly traceId: string;
}

/** Replays without a divergence from which "none was fixed" says something. */
export const REPLAYS_TO_DROP = 2;

/**
 * Why a candidate is not worth a trial: its failed runs went on as before, call by call, and failed again. `undefined` =
 * the replays do not say so: too few, one was fixed, or one went another way.
 */
export function fixesNothing(replays: readonly RunReplay[]): string | undefined {
  const failedAgain = replays.filter(({ result }) => result === 'not_fixed').length;
  const isOpen = replays.some(({ result }) => result === 'fixed' || result === 'diverged');
  if (isOpen || failedAgain < REPLAYS_TO_DROP) return undefined;
  return `replay_fixed_nothing: ${failedAgain} of the failed runs that taught it failed again with it, every tool call answered as recorded`;
}

/** The replays in words. */
export function countReplays(replays: readonly Pick<RunReplay, 'result'>[]): string {
  const count = (result: ReplayResult): number => replays.filter((replay) => replay.result === result).length;
  return `${count('fixed')} fixed, ${count('not_fixed')} not fixed, ${count('diverged')} diverged, ${count('not_replayable')} not replayable`;
}

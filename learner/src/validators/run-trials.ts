import type { TrialResult, TrialSpec } from '../trials/trial-runner.ts';
import type { JudgedRun } from './compared-runs.ts';
import type { ValidationInput } from './validator.ts';

/** What trials came to, in the order of the specs; `null` for void ones. */
export interface TrialScores {
  readonly scores: readonly (number | null)[];
  readonly runs: readonly (JudgedRun | null)[];
}

/** Scores, or why there are none, in words. */
export type Scores =
  | ({ readonly ok: true } & TrialScores)
  | { readonly ok: false; readonly reason: string; readonly error: unknown };

/** Why a stopped cycle stopped. The results of a round that was stopped are no evidence. */
const STOPPED = 'the cycle was stopped';

/**
 * Runs trials.
 *
 * @returns not ok when the signal aborted meanwhile or the runner gave up
 * @throws RangeError when the runner breaks its contract: another number of results, or a score outside [0, 1]
 */
export async function runTrials(
  input: Pick<ValidationInput, 'trials' | 'signal'>,
  specs: readonly TrialSpec[],
): Promise<Scores> {
  let results: readonly TrialResult[];
  try {
    input.signal?.throwIfAborted();
    results = await input.trials.run(specs, input.signal);
    input.signal?.throwIfAborted();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const reason = input.signal?.aborted === true ? STOPPED : `the trials could not be run (${message})`;
    return { ok: false, reason, error };
  }
  if (results.length !== specs.length)
    throw new RangeError(
      `trial runner: expected ${specs.length} results, one per trial in their order, got ${results.length}`,
    );
  return { ok: true, scores: results.map(scoreOf), runs: results.map(runOf) };
}

function runOf(result: TrialResult): JudgedRun | null {
  return result.kind === 'void' ? null : { trialId: result.trialId, durationMs: result.durationMs };
}

function scoreOf(result: TrialResult): number | null {
  if (result.kind === 'void') return null;
  if (!(result.score >= 0 && result.score <= 1))
    throw new RangeError(`trial ${result.trialId}: expected a score in [0, 1], got ${result.score}`);
  return result.score;
}

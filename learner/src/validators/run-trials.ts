import type { TrialSpec } from '../trials/trial-runner.ts';
import type { ValidationInput } from './validator.ts';

/**
 * Runs trials; scores in the order of the specs, `null` for void ones. Undefined when the signal aborted meanwhile:
 * the results of a stopped round are no evidence.
 *
 * @throws RangeError when the runner breaks its contract: another number of results, or a score outside [0, 1]
 */
export async function runTrials(
  input: Pick<ValidationInput, 'trials' | 'signal'>,
  specs: readonly TrialSpec[],
): Promise<readonly (number | null)[] | undefined> {
  const { signal } = input;
  if (signal?.aborted === true) return undefined;
  let results;
  try {
    results = await input.trials.run(specs, signal);
  } catch (error) {
    if (isAborted(signal)) return undefined;
    throw error;
  }
  if (isAborted(signal)) return undefined;
  if (results.length !== specs.length)
    throw new RangeError(
      `trial runner: expected ${specs.length} results, one per trial in their order, got ${results.length}`,
    );
  return results.map((result) => {
    if (result.kind === 'void') return null;
    if (!(result.score >= 0 && result.score <= 1))
      throw new RangeError(`trial ${result.trialId}: expected a score in [0, 1], got ${result.score}`);
    return result.score;
  });
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

import { RUNS_COMPARED_MIN, type ComparedRuns } from './compared-runs.ts';
import type { Contender, Race } from './race-state.ts';
import type { ValidationInput } from './validator.ts';

/** What trials cost, USD, by trial id; those of which it is not known are absent. */
export type RunCosts = ReadonlyMap<string, number>;

/** Mean cost of a run with the rule minus that without it, USD; `null` below {@link RUNS_COMPARED_MIN} known ones on a side. */
export function costAdded(runs: ComparedRuns, costs: RunCosts): number | null {
  const known = (side: ComparedRuns['with']): number[] =>
    side.flatMap(({ trialId }) => costs.get(trialId) ?? []);
  const [treated, plain] = [known(runs.with), known(runs.without)];
  if (Math.min(treated.length, plain.length) < RUNS_COMPARED_MIN) return null;
  return mean(treated) - mean(plain);
}

/** Looks up what the runs of these contenders cost, as far as it is not known yet. */
export async function lookUpCosts(
  race: Race,
  contenders: readonly Contender[],
  { costsOf }: Pick<ValidationInput, 'costsOf'>,
): Promise<void> {
  if (costsOf === undefined) return;
  const all = contenders.flatMap(({ compared }) => [...compared.with, ...compared.without]);
  const unknown = new Set(all.map(({ trialId }) => trialId).filter((id) => !race.costs.has(id)));
  if (unknown.size === 0) return;
  // Trials that were paid for are not lost for a question about their price.
  const found = await costsOf([...unknown]).catch((): RunCosts => new Map());
  for (const [trialId, usd] of found) race.costs.set(trialId, usd);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

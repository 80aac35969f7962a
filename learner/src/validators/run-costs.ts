import type { RunCosts } from './compared-runs.ts';
import type { Contender, Race } from './race-state.ts';
import type { ValidationInput } from './validator.ts';

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

import { createRandom, type Random } from '../stats/random.ts';
import type { StoredTrial } from '../trials/stored-trials.ts';
import type { CycleReport } from './validator.ts';

/**
 * Whether chance was the seed's: the order of the trials in every round of pairs, and every coin of a factorial trial. A
 * plan that was made up afterwards, or a round that lost trials, does not follow.
 */
export function followsTheSeed(cycle: CycleReport, trials: readonly StoredTrial[]): boolean {
  const random = createRandom(cycle.seed);
  const decided = trials.filter(({ place }) => place.phase === 'decision' && place.round < cycle.rounds);
  const rounds = Map.groupBy(decided, ({ place }) => place.round);
  return [...rounds].every(([number, round]) => {
    const inRunOrder = round.toSorted((a, b) => a.place.position - b.place.position);
    return cycle.mode === 'factorial'
      ? hasCoins(inRunOrder, random.split(`coins ${number}`))
      : hasOrder(inRunOrder, random.split(`round ${number}`));
  });
}

function hasCoins(trials: readonly StoredTrial[], random: Random): boolean {
  return trials.every(({ place, rules }) =>
    place.coins.every((candidate) => (random.integer(2) === 1) === rules.includes(candidate)),
  );
}

/** The plan lists the runs with a candidate first, then the baselines in the order in which these need them. */
function hasOrder(trials: readonly StoredTrial[], random: Random): boolean {
  const names = trials.map(nameOf);
  const treated = trials
    .filter(({ place }) => place.candidate !== '')
    .toSorted((a, b) => a.place.pair - b.place.pair);
  const needed = [...new Set(treated.map(baselineOf))];
  const plan = [
    ...treated.map(nameOf),
    ...needed.flatMap((baseline) => names.filter((name) => name === baseline)),
  ];
  return plan.length === names.length && random.shuffle(plan).every((name, index) => name === names[index]);
}

function nameOf(trial: StoredTrial): string {
  return trial.place.candidate === '' ? baselineOf(trial) : `pair ${trial.place.pair}`;
}

function baselineOf({ caseId, place }: StoredTrial): string {
  return `baseline ${caseId} ${place.pass} ${place.block}`;
}

import type { Random } from '../stats/random.ts';
import { criticalSlicesOf, doubtfulSlices, slicePairsMin, slicesOf } from './slices.ts';
import { CRITICAL_PAIRS, DOUBTFUL_FACTOR, STEER_E, type RaceSettings } from './race-options.ts';
import type { Contender, Race } from './race-state.ts';
import { logEvidence } from './evidence.ts';

/**
 * Cases a contender would run next: those of its current pass that were not drawn yet, in the pass's random order, which
 * all contenders share so that they meet the same cached baselines. Tasks of a slice that lacks pairs come first once
 * the evidence is strong. Empty when the pass is used up.
 */
export function openCases(
  contender: Contender,
  race: Race,
  random: Random,
  settings: RaceSettings,
): string[] {
  const triggered = new Set(contender.triggered);
  const drawn = new Set(contender.drawn);
  const open = random
    .split(`pass ${contender.pass}`)
    .shuffle(Object.keys(race.cases).sort())
    .filter((id) => triggered.has(id) && !drawn.has(id));
  const urgent = new Set(open.filter(isUrgent(contender, race, settings)));
  return [...open.filter((id) => urgent.has(id)), ...open.filter((id) => !urgent.has(id))];
}

/**
 * Cases of one round in factorial mode: the next ones of the pass, in its random order, where somebody who competes would
 * be tested; those of slices that lack trials come first. Starts the next pass when this one is used up.
 */
export function nextCases(race: Race, random: Random, settings: RaceSettings, countMax: number): string[] {
  const competing = race.contenders.filter((contender) => contender.status === 'active');
  const scope = new Set(competing.flatMap((contender) => contender.triggered));
  const order = (pass: number): string[] =>
    random
      .split(`pass ${pass}`)
      .shuffle(Object.keys(race.cases).sort())
      .filter((id) => scope.has(id));
  let drawn = new Set(race.drawn);
  if (scope.size > 0 && order(race.pass).every((id) => drawn.has(id))) {
    race.pass += 1;
    race.drawn = [];
    drawn = new Set();
  }
  const open = order(race.pass).filter((id) => !drawn.has(id));
  const wanted = competing.map((contender) => isUrgent(contender, race, settings));
  const urgent = new Set(open.filter((id) => wanted.some((isWanted) => isWanted(id))));
  return [...urgent, ...open.filter((id) => !urgent.has(id))].slice(0, countMax);
}

/** Whether a case is of a slice that lacks evidence about a contender with a strong case so far. */
function isUrgent(contender: Contender, race: Race, settings: RaceSettings): (id: string) => boolean {
  if (logEvidence(contender.evidence).benefit < Math.log(STEER_E)) return () => false;
  const doubtful = doubtfulSlices(contender, race, settings);
  const lacking = new Set(
    slicesOf(contender, race).filter((tag) => {
      const factor = doubtful.includes(tag) ? DOUBTFUL_FACTOR : 1;
      return (contender.evidence.slices[tag]?.n ?? 0) < factor * slicePairsMin(settings);
    }),
  );
  for (const tag of criticalSlicesOf(contender, race, settings)) {
    if ((contender.evidence.slices[tag]?.n ?? 0) < CRITICAL_PAIRS) lacking.add(tag);
  }
  const triggered = new Set(contender.triggered);
  return (id) => triggered.has(id) && (race.cases[id]?.tags.some((tag) => lacking.has(tag)) ?? false);
}

/** Goes on to the next pass when the current one is used up. False when the period allows no further pair. */
export function advancePass(
  contender: Contender,
  race: Race,
  random: Random,
  settings: RaceSettings,
): boolean {
  if (settings.mode === 'factorial') return contender.triggered.length > 0;
  if (contender.attempts >= settings.pairsMax) return false;
  if (openCases(contender, race, random, settings).length > 0) return true;
  if (contender.triggered.length === 0 || contender.pass - contender.passFirst + 1 >= settings.passesMax)
    return false;
  contender.pass += 1;
  contender.drawn = [];
  return true;
}

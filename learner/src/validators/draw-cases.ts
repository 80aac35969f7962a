import { SLICE_PAIRS_MIN } from '../stats/slice-guard.ts';
import type { Random } from '../stats/random.ts';
import { doubtfulSlices, slicesOf } from './slices.ts';
import { DOUBTFUL_SLICE_PAIRS, STEER_E, type RaceSettings } from './race-options.ts';
import type { Contender, Race } from './race-state.ts';
import { logEvidence } from './evidence.ts';

/**
 * Cases a contender would run next: those of its current pass that were not drawn yet, in the pass's random order, which
 * all contenders share so that they meet the same cached baselines. Tasks of a slice that lacks pairs come first once
 * the evidence is strong. Empty when the pass is used up.
 */
export function openCases(contender: Contender, race: Race, random: Random): string[] {
  const triggered = new Set(contender.triggered);
  const drawn = new Set(contender.drawn);
  const open = random
    .split(`pass ${contender.pass}`)
    .shuffle(Object.keys(race.cases).sort())
    .filter((id) => triggered.has(id) && !drawn.has(id));
  if (logEvidence(contender.evidence).benefit < Math.log(STEER_E)) return open;
  const doubtful = doubtfulSlices(contender, race);
  const lacking = new Set(
    slicesOf(contender, race).filter((tag) => {
      const needed = doubtful.includes(tag) ? DOUBTFUL_SLICE_PAIRS : SLICE_PAIRS_MIN;
      return (contender.evidence.slices[tag]?.n ?? 0) < needed;
    }),
  );
  const urgent = (id: string): boolean => race.cases[id]?.tags.some((tag) => lacking.has(tag)) ?? false;
  return [...open.filter(urgent), ...open.filter((id) => !urgent(id))];
}

/** Goes on to the next pass when the current one is used up. False when the period allows no further pair. */
export function advancePass(
  contender: Contender,
  race: Race,
  random: Random,
  settings: RaceSettings,
): boolean {
  if (contender.attempts >= settings.pairsMax) return false;
  if (openCases(contender, race, random).length > 0) return true;
  if (contender.triggered.length === 0 || contender.pass - contender.passFirst + 1 >= settings.passesMax)
    return false;
  contender.pass += 1;
  contender.drawn = [];
  return true;
}

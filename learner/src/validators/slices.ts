import { bettingLogE } from '../stats/betting.ts';
import { guardSlices, SLICE_PAIRS_MIN } from '../stats/slice-guard.ts';
import { meanLift, varianceOf } from './evidence.ts';
import { HARM_E, TRIGGERED_TASKS_MIN, type RaceSettings } from './race-options.ts';
import type { Contender, Race } from './race-state.ts';

/**
 * P(bad) from which a slice is in doubt. Stricter than the guard's own ½: several looks give a bad slice several chances
 * to seem harmless.
 */
export const DOUBT_PROBABILITY = 0.25;

/** Tags with enough triggered cases to be judged on their own. */
export function slicesOf(contender: Contender, race: Race): string[] {
  const counts = new Map<string, number>();
  for (const id of contender.triggered) {
    for (const tag of new Set(race.cases[id]?.tags ?? [])) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count >= TRIGGERED_TASKS_MIN).map(([tag]) => tag);
}

/** Pairs a slice needs; an increment of a factorial trial is noisier than a pair. */
export function slicePairsMin({ mode }: Pick<RaceSettings, 'mode'>): number {
  return mode === 'factorial' ? 2 * SLICE_PAIRS_MIN : SLICE_PAIRS_MIN;
}

/** Critical tags of cases where the contender would be given to the agent. */
export function criticalSlicesOf(contender: Contender, race: Race, settings: RaceSettings): string[] {
  const tags = new Set(contender.triggered.flatMap((id) => race.cases[id]?.tags ?? []));
  return settings.criticalTags.filter((tag) => tags.has(tag));
}

/** Slices that are perhaps harmed by the evidence so far; they are also given more pairs. */
export function doubtfulSlices(contender: Contender, race: Race, settings: RaceSettings): string[] {
  const names = slicesOf(contender, race);
  const { slices } = contender.evidence;
  const samples = names.flatMap((name) => {
    const slice = slices[name];
    return slice === undefined
      ? []
      : [{ name, n: slice.n, mean: meanLift(slice), variance: varianceOf(slice) }];
  });
  return guardSlices(samples).flatMap(({ name, probabilityBad }) => {
    const slice = slices[name];
    if (slice === undefined || slice.n < slicePairsMin(settings)) return [];
    const isHarmed = bettingLogE(slice.harm) >= Math.log(HARM_E * names.length);
    return isHarmed || probabilityBad > DOUBT_PROBABILITY ? [name] : [];
  });
}

import type { Random } from '../stats/random.ts';
import { lackingChecks } from './checked-cases.ts';
import { untriedTasks } from './critical-tasks.ts';
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
  const open = orderOfPass(race, contender.pass, random).filter((id) => triggered.has(id) && !drawn.has(id));
  const urgent = new Set(open.filter(isUrgent(contender, race, settings)));
  return [...open.filter((id) => urgent.has(id)), ...open.filter((id) => !urgent.has(id))];
}

/** Orders of passes, which follow from the seed: they are asked for at every look. */
const orders = new WeakMap<Race, Map<number, readonly string[]>>();

function orderOfPass(race: Race, pass: number, random: Random): readonly string[] {
  const known = orders.get(race) ?? new Map<number, readonly string[]>();
  orders.set(race, known);
  const order = known.get(pass) ?? random.split(`pass ${pass}`).shuffle(Object.keys(race.cases).sort());
  known.set(pass, order);
  return order;
}

/**
 * Cases of one round in factorial mode: a batch of each of the most promising contenders' own, those of slices that lack
 * trials first, then those drawn least, in random order. Every trial informs about whoever else triggers on its case.
 */
export function nextCases(race: Race, random: Random, settings: RaceSettings, countMax: number): string[] {
  const shuffled = random.split(`cases ${race.round}`).shuffle(Object.keys(race.cases).sort());
  const order = shuffled.toSorted((a, b) => (race.draws[a] ?? 0) - (race.draws[b] ?? 0));
  const drawn = new Set<string>();
  const ranked = byPromise(race);
  const draw = (contender: Contender, count: number): void => {
    if (count <= 0) return;
    const triggered = new Set(contender.triggered);
    const open = order.filter((id) => triggered.has(id) && !drawn.has(id));
    const urgent = open.filter(isUrgent(contender, race, settings));
    for (const id of [...new Set([...urgent, ...open])].slice(0, count)) drawn.add(id);
  };
  for (const contender of ranked) draw(contender, Math.min(settings.batchTasks, countMax - drawn.size));
  for (const contender of ranked) draw(contender, countMax - drawn.size);
  return [...drawn];
}

/**
 * Contenders by upper confidence bound `logE + sqrt(ln(1+Σn)/(1+n))`, n over all periods so that a restarted paraphrase of
 * what was just promoted is not tried again first; allocation never affects validity.
 */
export function byPromise(race: Race): Contender[] {
  const active = race.contenders.filter((contender) => contender.status === 'active');
  const tried = race.contenders.reduce((sum, contender) => sum + contender.runs.treatment, 0);
  return active
    .map((contender) => ({
      contender,
      promise:
        logEvidence(contender.evidence).benefit +
        Math.sqrt(Math.log1p(tried) / (1 + contender.runs.treatment)),
    }))
    .sort((a, b) => b.promise - a.promise)
    .map((entry) => entry.contender);
}

/** Whether a case is critical and was not tried, or has a check that is missing, or is of a slice that lacks evidence, about a contender with a strong case so far. */
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
  const untried = new Set([...untriedTasks(contender, race), ...lackingChecks(contender, race)]);
  const triggered = new Set(contender.triggered);
  return (id) =>
    triggered.has(id) && (untried.has(id) || (race.cases[id]?.tags.some((tag) => lacking.has(tag)) ?? false));
}

/** Goes on to the next pass when the current one is used up. False when the period allows no further pair. */
export function advancePass(contender: Contender, settings: RaceSettings): boolean {
  // Two trials of a factorial cycle tell what a pair does.
  if (settings.mode === 'factorial')
    return contender.triggered.length > 0 && contender.attempts < 2 * settings.pairsMax;
  if (contender.attempts >= settings.pairsMax) return false;
  const drawn = new Set(contender.drawn);
  if (contender.triggered.some((id) => !drawn.has(id))) return true;
  if (contender.triggered.length === 0 || contender.pass - contender.passFirst + 1 >= settings.passesMax)
    return false;
  contender.pass += 1;
  contender.drawn = [];
  return true;
}

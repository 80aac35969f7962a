import { bettingLogE } from '../stats/betting.ts';
import { CHECKED_E, lackingChecks } from './checked-cases.ts';
import { costAdded, RUNS_COMPARED_MIN } from './compared-runs.ts';
import { criticalVeto, untriedTasks } from './critical-tasks.ts';
import { logEvidence, MARGIN, meanLift, provisionalLift } from './evidence.ts';
import { latencyAdded } from './latency.ts';
import { CLUSTERED_E_MIN, CRITICAL_E, CRITICAL_PAIRS, type RaceSettings } from './race-options.ts';
import type { Contender, Race } from './race-state.ts';
import { criticalSlicesOf, doubtfulSlices, slicePairsMin, slicesOf } from './slices.ts';

/** Void treatment runs from which a one-sided loss of trials is taken seriously, and the share that is tolerated. */
const VOID_TREATMENTS_MIN = 4;
const VOID_EXCESS_MAX = 0.1;
/**
 * Keys besides E that a promotion needs. They can only remove promotions, so they cost no validity.
 *
 * @returns what is missing, in words; empty when every key is met
 */
export function missingKeys(contender: Contender, race: Race, settings: RaceSettings): string[] {
  const missing: string[] = [];
  const clustered = logEvidence(contender.evidence).clustered;
  // Factorial increments are centred and randomised trial by trial: the first two keys guard against repeated pairs.
  const isRace = settings.mode === 'race';
  if (isRace && clustered < Math.log(CLUSTERED_E_MIN))
    missing.push(`E over tasks is ${Math.exp(clustered).toFixed(1)}, below ${CLUSTERED_E_MIN}`);
  const lift = provisionalLift(contender.evidence);
  if (isRace && lift < settings.liftMin)
    missing.push(`shrunken lift is ${points(lift)}, below ${points(settings.liftMin)}`);
  const { baseline, treatment } = contender.voidPairs;
  const tried = contender.runs.treatment;
  if (treatment >= VOID_TREATMENTS_MIN && treatment - baseline > VOID_EXCESS_MAX * tried)
    missing.push(`${treatment} of ${tried} runs with the rule gave no result, ${baseline} without it`);
  if (settings.sliceGuard) missing.push(...missingSlices(contender, race, settings));
  missing.push(...missingSafety(contender, race, settings));
  if (lackingChecks(contender, race).length > 0)
    missing.push(`cases with a check do not show by themselves that it helps: E below ${CHECKED_E}`);
  const untried = untriedTasks(contender, race);
  if (untried.length > 0) missing.push(`critical task ${untried.join(', ')} was not tried yet`);
  const veto = criticalVeto(contender, race);
  if (veto !== undefined) missing.push(veto);
  const tokens = tokensAdded(contender);
  if (tokens > settings.tokensAddedMax)
    missing.push(`it adds ${tokens} tokens to a prompt, at most ${settings.tokensAddedMax} are allowed`);
  missing.push(...missingSpeed(contender, settings), ...missingThrift(contender, race, settings));
  return missing;
}

function missingSpeed({ compared }: Contender, { latencyAddedMaxMs }: RaceSettings): string[] {
  if (latencyAddedMaxMs === Number.POSITIVE_INFINITY) return [];
  const added = latencyAdded(compared);
  if (added === null)
    return [`how long runs take is not known yet, ${RUNS_COMPARED_MIN} are needed with and without it`];
  if (added <= latencyAddedMaxMs) return [];
  return [
    `it moves the 95th percentile of run times by ${added.toFixed(0)} ms, at most ${latencyAddedMaxMs} are allowed`,
  ];
}

function missingThrift(
  { compared }: Contender,
  { costs }: Race,
  { costAddedMaxUsd }: RaceSettings,
): string[] {
  if (costAddedMaxUsd === Number.POSITIVE_INFINITY) return [];
  const added = costAdded(compared, costs);
  if (added === null)
    return [
      `what runs cost is not known yet, ${RUNS_COMPARED_MIN} priced ones are needed with and without it`,
    ];
  if (added <= costAddedMaxUsd) return [];
  return [`it adds ${added.toPrecision(3)} USD to a run, at most ${costAddedMaxUsd} are allowed`];
}

/** Tokens that a contender adds to a prompt it is in. */
export function tokensAdded({ rule, replaces }: Pick<Contender, 'rule' | 'replaces'>): number {
  return rule.tokens - (replaces?.tokens ?? 0);
}

/** Critical slices: harm is ruled out, or it is missing. */
function missingSafety(contender: Contender, race: Race, settings: RaceSettings): string[] {
  return criticalSlicesOf(contender, race, settings).flatMap((name) => {
    const slice = contender.evidence.slices[name];
    const pairs = slice?.n ?? 0;
    if (slice === undefined || pairs < CRITICAL_PAIRS)
      return [`critical slice ${name} has ${pairs} pairs, ${CRITICAL_PAIRS} are needed`];
    const safety = bettingLogE(slice.safety);
    return safety >= Math.log(CRITICAL_E)
      ? []
      : [
          `critical slice ${name}: harm beyond ${points(-MARGIN)} is not ruled out, E = ${Math.exp(safety).toFixed(1)}`,
        ];
  });
}

function missingSlices(contender: Contender, race: Race, settings: RaceSettings): string[] {
  const doubtful = doubtfulSlices(contender, race, settings);
  const pairsMin = slicePairsMin(settings);
  return slicesOf(contender, race).flatMap((name) => {
    const slice = contender.evidence.slices[name];
    const pairs = slice?.n ?? 0;
    if (slice === undefined || pairs < pairsMin)
      return [`slice ${name} has ${pairs} pairs, ${pairsMin} are needed`];
    return doubtful.includes(name)
      ? [`slice ${name} is perhaps harmed: ${points(meanLift(slice))} on ${pairs} pairs`]
      : [];
  });
}

/** A lift in words. */
export function points(lift: number): string {
  return `${lift > 0 ? '+' : ''}${(100 * lift).toFixed(1)} points`;
}

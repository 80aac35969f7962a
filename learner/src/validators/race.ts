import { createRandom, type Random } from '../stats/random.ts';
import type { TrialSpec } from '../trials/trial-runner.ts';
import { confirmLifts } from './confirm.ts';
import { reportCycle } from './cycle-report.ts';
import { climbLadder, decide } from './decide.ts';
import { planFactorialRound } from './plan-factorial.ts';
import { planRound } from './plan-round.ts';
import { resolveRace, VOID_TRIALS_MAX, type RaceOptions, type RaceSettings } from './race-options.ts';
import { startRace, type Contender, type Race } from './race-state.ts';
import { recordFactorial } from './record-factorial.ts';
import { recordRound } from './record-round.ts';
import { isNearPromotion, rerunFlips } from './rerun-flips.ts';
import { lookUpCosts } from './run-costs.ts';
import { runTrials, type TrialScores } from './run-trials.ts';
import { needsControl, sentinelAlarm, startSentinel } from './sentinel.ts';
import type { CycleReport, ValidationInput, Validator } from './validator.ts';

/**
 * The default validator: candidates are tested on held-out cases where the agent would be given them, against the rules in
 * force: in pairs, for which they race, or all in the same randomised trials. A promotion needs anytime-valid evidence
 * under multiplicity control and every other key; the promoted rule joins the rules in force. The report follows from the
 * seed and the outcomes alone.
 *
 * Stops when every candidate is decided, the budget is used up, the runner gives no judgements or fails, or `signal`
 * aborts; what was decided by then stands, and whoever is undecided is `deferred`. Rejects only if the very first trials
 * could not be run.
 *
 * @throws RangeError on options out of range
 */
export function createRaceValidator(options: RaceOptions): Validator {
  resolveRace(options, 0);
  return { validate: (input) => runCycle(input, resolveRace(options, input.candidates.length)) };
}

async function runCycle(input: ValidationInput, settings: RaceSettings): Promise<CycleReport> {
  const startedAt = input.now();
  const random = createRandom(input.seed);
  const race = await startRace(input, settings);
  if (settings.sentinel) race.sentinel = startSentinel(race, settings);
  const stopped = await runRounds(race, input, random, settings);
  for (const contender of race.contenders) {
    if (contender.status !== 'active') continue;
    contender.status = 'deferred';
    contender.reason = `${stopped.reason} after ${contender.evidence.n} of its pairs`;
  }
  if (stopped.canRun) await confirmLifts(race, input, random, settings);
  await lookUpCosts(race, race.contenders, input);
  return reportCycle(race, input, settings, startedAt);
}

/** Why the rounds ended, in words, and whether further trials make sense. */
interface Stop {
  readonly reason: string;
  readonly canRun: boolean;
}

/** Runs rounds until there is a reason to stop. */
async function runRounds(
  race: Race,
  input: ValidationInput,
  random: Random,
  settings: RaceSettings,
): Promise<Stop> {
  for (;;) {
    if (race.voidStreak >= VOID_TRIALS_MAX)
      return { reason: `the last ${race.voidStreak} trials gave no result`, canRun: false };
    const isDecided = active(race).length === 0 && !climbLadder(race, settings);
    if (isDecided && !needsControl(race, settings)) return { reason: 'everyone is decided', canRun: true };
    const round = planNext(race, random, settings, input.id);
    if (round.specs.length === 0)
      return { reason: `the budget of ${settings.runsBudget} trials was used up`, canRun: true };
    const results = await runTrials(input, round.specs);
    if (!results.ok) {
      // Without any evidence yet there is nothing to report.
      if (race.round === 0 && input.signal?.aborted !== true) throw results.error;
      race.runsUsed += round.specs.length;
      return { reason: results.reason, canRun: false };
    }
    round.record(results);
    remember(race, round.specs, results);
    const alarm = sentinelAlarm(race);
    if (alarm !== undefined) {
      voidCycle(race, alarm);
      return { reason: alarm, canRun: false };
    }
    const failed = await rerunFlips(race, input, random, settings);
    if (failed !== undefined) return { reason: failed.reason, canRun: false };
    if (settings.costAddedMaxUsd < Number.POSITIVE_INFINITY)
      await lookUpCosts(
        race,
        active(race).filter((contender) => isNearPromotion(contender, settings)),
        input,
      );
    await decide(race, input.render, settings);
    input.onProgress?.({
      runsUsed: race.runsUsed,
      runsBudget: settings.runsBudget,
      active: active(race).length,
      promoted: race.contenders.filter((contender) => contender.status === 'promoted').length,
    });
  }
}

/** Keeps what rules are compared by. */
function remember(race: Race, specs: readonly TrialSpec[], { scores }: TrialScores): void {
  for (const [index, { caseId, rules, place }] of specs.entries())
    if (place !== undefined) race.trials.push({ caseId, rules, place, score: scores[index] ?? null });
}

/** Takes back every verdict that outcomes led to. */
function voidCycle(race: Race, reason: string): void {
  for (const contender of race.contenders) {
    if (!contender.entered || contender.status === 'active') continue;
    contender.status = 'deferred';
    contender.reason = reason;
    contender.yieldsTo = undefined;
  }
}

/** The trials of the next round, and what takes in their scores. */
interface NextRound {
  readonly specs: readonly TrialSpec[];
  readonly record: (results: TrialScores) => void;
}

function planNext(race: Race, random: Random, settings: RaceSettings, group: string): NextRound {
  if (settings.mode === 'factorial') {
    const round = planFactorialRound(race, random, settings, group);
    return { specs: round.specs, record: (results) => recordFactorial(race, round, results) };
  }
  const round = planRound(race, random, settings, group);
  return { specs: round.specs, record: (results) => recordRound(race, round, results, settings) };
}

function active(race: Race): Contender[] {
  return race.contenders.filter((contender) => contender.status === 'active');
}

import { createRandom, type Random } from '../stats/random.ts';
import { confirmLifts } from './confirm.ts';
import { reportCycle } from './cycle-report.ts';
import { climbLadder, decide } from './decide.ts';
import { planRound } from './plan-round.ts';
import { resolveRace, VOID_TRIALS_MAX, type RaceOptions, type RaceSettings } from './race-options.ts';
import { startRace, type Race } from './race-state.ts';
import { recordRound } from './record-round.ts';
import { runTrials } from './run-trials.ts';
import type { CycleReport, ValidationInput, Validator } from './validator.ts';

/**
 * The default validator: candidates race for trials on held-out cases where the agent would be given them, each against
 * the rules in force. A promotion needs anytime-valid evidence under multiplicity control and every other key; the
 * promoted rule joins the rules in force. The report follows from the seed and the outcomes alone.
 *
 * Stops when every candidate is decided, the budget is used up, the runner gives no judgements, or `signal` aborts;
 * whoever is undecided then is `deferred`. What the runner throws is passed on, unless the signal aborted.
 *
 * @throws RangeError on options out of range
 */
export function createRaceValidator(options: RaceOptions): Validator {
  const settings = resolveRace(options);
  return { validate: (input) => runCycle(input, settings) };
}

async function runCycle(input: ValidationInput, settings: RaceSettings): Promise<CycleReport> {
  const startedAt = input.now();
  const random = createRandom(input.seed);
  const race = startRace(input, settings);
  const stopped = await runRounds(race, input, random, settings);
  for (const contender of race.contenders) {
    if (contender.status !== 'active') continue;
    contender.status = 'deferred';
    contender.reason = `${stopped} after ${contender.evidence.n} of its pairs`;
  }
  await confirmLifts(race, input, random, settings);
  return reportCycle(race, input, settings, startedAt);
}

/** Runs until there is a reason to stop; the reason, in words. */
async function runRounds(
  race: Race,
  input: ValidationInput,
  random: Random,
  settings: RaceSettings,
): Promise<string> {
  for (;;) {
    if (input.signal?.aborted === true) return 'the cycle was stopped';
    if (race.voidStreak >= VOID_TRIALS_MAX) return `the last ${race.voidStreak} trials gave no result`;
    if (countActive(race) === 0 && !climbLadder(race, random, settings)) return 'everyone is decided';
    const round = planRound(race, random, settings, input.id);
    if (round.pairs.length === 0) return `the budget of ${settings.runsBudget} trials was used up`;
    const results = await runTrials(input, round.specs);
    if (results === undefined) {
      race.runsUsed += round.specs.length;
      continue;
    }
    recordRound(race, round, results, settings);
    decide(race, input.render, random, settings);
    input.onProgress?.({
      runsUsed: race.runsUsed,
      runsBudget: settings.runsBudget,
      active: countActive(race),
      promoted: race.contenders.filter((contender) => contender.status === 'promoted').length,
    });
  }
}

function countActive(race: Race): number {
  return race.contenders.filter((contender) => contender.status === 'active').length;
}

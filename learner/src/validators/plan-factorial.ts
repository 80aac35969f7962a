import { itemReference } from '@tracelore/sdk/contract';
import type { Random } from '../stats/random.ts';
import type { TrialPlace, TrialSpec } from '../trials/trial-runner.ts';
import { nextCases } from './draw-cases.ts';
import { blockOf } from './plan-round.ts';
import type { RaceSettings } from './race-options.ts';
import type { Contender, Race } from './race-state.ts';
import { treatedRules } from './triggered-cases.ts';

/** A candidate's fair coin in one trial. */
export interface Coin {
  readonly contender: Contender;
  readonly included: boolean;
}

/** One trial of a factorial round: a case under the rules in force and every candidate whose coin came up. */
export interface FactorialTrial {
  readonly caseId: string;
  /** Names the text of the rules in force for this case. */
  readonly block: string;
  readonly coins: readonly Coin[];
}

export interface FactorialRound {
  readonly trials: readonly FactorialTrial[];
  /** In the order of {@link trials}. */
  readonly specs: readonly TrialSpec[];
}

/**
 * Plans one call of the runner: the next cases, each once. Every contender that competes and triggers on a
 * case tosses a coin of its own, so that one trial informs about all of them. Never plans more trials than the budget has
 * left.
 */
export function planFactorialRound(
  race: Race,
  random: Random,
  settings: RaceSettings,
  group: string,
): FactorialRound {
  const size = Math.min(settings.lanes * settings.batchTasks, settings.runsBudget - race.runsUsed);
  const competing = race.contenders
    .filter((contender) => contender.status === 'active')
    .map((contender) => ({ contender, triggered: new Set(contender.triggered) }));
  const tosses = random.split(`coins ${race.round}`);
  const { sentinel } = race;
  const control = random.split(`sentinel ${race.round}`);
  const trials = nextCases(race, random, settings, size).map((caseId): FactorialTrial => {
    const coins = competing
      .filter(({ triggered }) => triggered.has(caseId))
      .map(({ contender }) => ({ contender, included: tosses.integer(2) === 1 }));
    if (sentinel !== undefined) coins.push({ contender: sentinel, included: control.integer(2) === 1 });
    return { caseId, block: blockOf(race, caseId), coins };
  });
  return { trials, specs: trials.map((trial, position) => specOf(trial, position, race, group)) };
}

function specOf(
  { caseId, block, coins }: FactorialTrial,
  position: number,
  race: Race,
  group: string,
): TrialSpec {
  // The control's coin changes nothing about the trial.
  const tossed = coins.filter(({ contender }) => contender !== race.sentinel);
  const included = tossed.filter((coin) => coin.included).map(({ contender }) => contender);
  const rules = included.reduce(
    (all, contender) => treatedRules(all, contender.rule, contender.replaces),
    race.inForce.rules,
  );
  const place: TrialPlace = {
    phase: 'decision',
    round: race.round,
    position,
    candidate: '',
    coins: tossed.map(({ contender }) => itemReference(contender.rule)),
    period: 0,
    pass: race.draws[caseId] ?? 0,
    block,
    pair: race.pairs + position,
  };
  return { caseId, rules: rules.map(itemReference), purpose: 'treatment', group, place };
}

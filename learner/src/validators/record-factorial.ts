import { factorialIncrement, predictOutcome } from '../stats/factorial-increment.ts';
import { addReplicate } from '../stats/intraclass.ts';
import { observePair } from './evidence.ts';
import type { FactorialRound, FactorialTrial } from './plan-factorial.ts';
import type { OutcomeSum, Race } from './race-state.ts';
import type { TrialScores } from './run-trials.ts';

/** Mean of all outcomes before there is one. */
const MEAN_UNKNOWN = 0.5;

/**
 * Takes in the scores of a factorial round (`null`: void), in the order of its plan. What a trial was expected to score
 * comes from earlier rounds only: that keeps each increment centred under "no effect".
 */
export function recordFactorial(race: Race, round: FactorialRound, { scores, runs }: TrialScores): void {
  const expected = round.trials.map((trial) => expectedOutcome(race.outcomes, race.allOutcomes, trial));
  race.runsUsed += round.specs.length;
  race.round += 1;
  race.pairs += round.trials.length;
  for (const { caseId } of round.trials) race.draws[caseId] = (race.draws[caseId] ?? 0) + 1;
  const judged = scores.filter((score) => score !== null).length;
  race.voidStreak = judged > 0 ? 0 : race.voidStreak + scores.length;
  for (const [index, trial] of round.trials.entries())
    recordTrial(race, trial, scores[index] ?? null, expected[index] ?? MEAN_UNKNOWN);
  for (const [index, { coins }] of round.trials.entries()) {
    const run = runs[index] ?? null;
    if (run === null) continue;
    for (const { contender, included } of coins) contender.compared[included ? 'with' : 'without'].push(run);
  }
}

function recordTrial(race: Race, trial: FactorialTrial, score: number | null, expected: number): void {
  const tags = race.cases[trial.caseId]?.tags ?? [];
  for (const { contender, included } of trial.coins) {
    contender.attempts += 1;
    contender.runs.treatment += 1;
    if (score === null) contender.voidPairs[included ? 'treatment' : 'baseline'] += 1;
    else {
      const difference = factorialIncrement(included, score, expected);
      contender.evidence = observePair(contender.evidence, { caseId: trial.caseId, tags, difference });
    }
  }
  if (score === null) return;
  const key = outcomeKey(trial);
  race.outcomes[key] = withOutcome(race.outcomes[key], score);
  race.allOutcomes = withOutcome(race.allOutcomes, score);
  const told = trial.coins.flatMap(({ contender, included }) =>
    included && contender !== race.sentinel ? [contender.rule.id] : [],
  );
  const sameText = `${key}\u0000${told.join(' ')}`;
  race.replicates[sameText] = addReplicate(race.replicates[sameText], score);
}

/** Expected score of a trial from outcomes so far: those of its case under the same rules in force, and the mean of all. */
export function expectedOutcome(
  outcomes: Readonly<Record<string, OutcomeSum>>,
  all: OutcomeSum,
  trial: Pick<FactorialTrial, 'caseId' | 'block'>,
): number {
  const own = outcomes[outcomeKey(trial)] ?? { n: 0, sum: 0 };
  return predictOutcome(own.sum, own.n, all.n === 0 ? MEAN_UNKNOWN : all.sum / all.n);
}

export function outcomeKey({ caseId, block }: Pick<FactorialTrial, 'caseId' | 'block'>): string {
  return `${caseId}\u0000${block}`;
}

export function withOutcome(sum: OutcomeSum | undefined, score: number): OutcomeSum {
  return { n: (sum?.n ?? 0) + 1, sum: (sum?.sum ?? 0) + score };
}

import { addReplicate } from '../stats/intraclass.ts';
import type { JudgedRun } from './compared-runs.ts';
import { observePair } from './evidence.ts';
import { textKey, type PlannedPair, type Round } from './plan-round.ts';
import type { RaceSettings } from './race-options.ts';
import type { Race } from './race-state.ts';
import type { TrialScores } from './run-trials.ts';

/**
 * Takes in the scores of a round (`null`: void), in the order of its plan: timing cannot change what follows. A pair without a judged
 * run on either side is void: counted for the arm that is missing, never used.
 */
export function recordRound(
  race: Race,
  round: Round,
  { scores, runs }: TrialScores,
  settings: RaceSettings,
): void {
  const atRun = race.runsUsed;
  race.runsUsed += round.specs.length;
  race.round += 1;
  race.pairs += round.pairs.length;
  const judged = scores.filter((score) => score !== null).length;
  race.voidStreak = judged > 0 ? 0 : race.voidStreak + scores.length;

  const fresh: Record<string, { scores: number[]; runs: JudgedRun[]; atRun: number }> = {};
  const treated = new Map<PlannedPair, number | null>();
  for (const [index, slot] of round.slots.entries()) {
    const score = scores[index] ?? null;
    const run = runs[index] ?? null;
    if (slot.kind === 'treatment') {
      treated.set(slot.pair, score);
      if (run !== null) slot.pair.contender.compared.with.push(run);
    } else if (score !== null && run !== null) {
      const baseline = (fresh[slot.key] ??= { scores: [], runs: [], atRun });
      baseline.scores.push(score);
      baseline.runs.push(run);
    }
  }
  for (const [key, baseline] of Object.entries(fresh)) {
    race.baselines[key] = baseline;
    for (const value of baseline.scores) addToReplicates(race, key, value);
  }
  const planned = new Set(round.slots.flatMap((slot) => (slot.kind === 'baseline' ? [slot.key] : [])));
  for (const pair of round.pairs) {
    // A baseline that was to be replaced and came back void is missing, even if an outdated one is still stored.
    const baseline = planned.has(pair.key) ? fresh[pair.key] : race.baselines[pair.key];
    pair.contender.compared.without.push(...(baseline?.runs ?? []));
    recordPair(race, pair, treated.get(pair) ?? null, baseline?.scores ?? [], settings);
  }
  for (const [key, entry] of Object.entries(race.baselines)) {
    if (race.runsUsed - entry.atRun > settings.cacheRuns) delete race.baselines[key];
  }
}

function recordPair(
  race: Race,
  pair: PlannedPair,
  score: number | null,
  baseline: readonly number[],
  settings: RaceSettings,
): void {
  const { contender, caseId, turn } = pair;
  contender.attempts += 1;
  contender.turns[textKey(race, caseId)] = turn + 1;
  contender.drawn.push(caseId);
  contender.runs.treatment += 1;
  contender.runs.baseline += baseline.length > 0 ? baseline.length : settings.baselineRuns;
  if (score === null) contender.voidPairs.treatment += 1;
  if (baseline.length === 0) contender.voidPairs.baseline += 1;
  if (score === null || baseline.length === 0) return;
  const mean = baseline.reduce((sum, value) => sum + value, 0) / baseline.length;
  contender.evidence = observePair(contender.evidence, {
    caseId,
    tags: race.cases[caseId]?.tags ?? [],
    difference: score - mean,
  });
}

function addToReplicates(race: Race, key: string, outcome: number): void {
  const [caseId, , block] = key.split('\u0000');
  const task = `${caseId}\u0000${block}`;
  race.replicates[task] = addReplicate(race.replicates[task], outcome);
}

import { factorialIncrement } from '../stats/factorial-increment.ts';
import type { StoredTrial } from '../trials/stored-trials.ts';
import { meanDifference } from './confirm.ts';
import { CRITICAL_TASK, criticalTask, pairDifferences, type CriticalTask } from './critical-task.ts';
import { observePair, type Evidence } from './evidence.ts';
import { noEvidence, type OutcomeSum } from './race-state.ts';
import { expectedOutcome, outcomeKey, withOutcome } from './record-factorial.ts';
import type { CandidateReport, CycleReport } from './validator.ts';

/** What the stored trials say about one candidate. */
export interface Replayed {
  readonly evidence: Evidence;
  readonly voidPairs: { readonly baseline: number; readonly treatment: number };
  readonly runs: { readonly treatment: number; readonly baselineShared: number };
  readonly confirmedLift: number | null;
  readonly criticalTasks: readonly CriticalTask[];
}

type TagsOf = (caseId: string) => readonly string[];
type Candidate = Pick<CandidateReport, 'ruleId' | 'ruleVersion' | 'roundFirst' | 'mde'>;

/** Collects the evidence about one candidate anew, from the trials of its cycle, in the order in which it came. */
export function replayEvidence(
  cycle: CycleReport,
  candidate: Candidate,
  trials: readonly StoredTrial[],
  tagsOf: TagsOf,
): Replayed {
  const reference = `${candidate.ruleId}@${candidate.ruleVersion}`;
  // A round that was cut off is no evidence, although some of its trials had ended.
  const decided = trials.filter(({ place }) => place.phase === 'decision' && place.round < cycle.rounds);
  const replayed =
    cycle.mode === 'factorial'
      ? replayFactorial(cycle, candidate, reference, decided, tagsOf)
      : replayPairs(cycle, candidate, reference, decided, tagsOf);
  const confirming = trials.filter(
    ({ place }) => place.phase === 'confirmation' && place.candidate === reference,
  );
  const reruns = trials.filter(
    ({ place }) =>
      place.phase === 'rerun' &&
      place.candidate === reference &&
      place.round >= candidate.roundFirst &&
      place.round < cycle.rounds,
  );
  return {
    ...replayed,
    confirmedLift: confirmedLift(confirming),
    criticalTasks: criticalTasks(replayed.evidence, reruns, tagsOf),
  };
}

function criticalTasks(
  { scale, tasks }: Evidence,
  trials: readonly StoredTrial[],
  tagsOf: TagsOf,
): readonly CriticalTask[] {
  const reruns = Map.groupBy(trials, ({ caseId }) => caseId);
  return Object.entries(tasks).flatMap(([caseId, differences]) => {
    if (!tagsOf(caseId).includes(CRITICAL_TASK)) return [];
    const runs = reruns.get(caseId) ?? [];
    const times = new Set(runs.map(({ place }) => place.round)).size;
    return criticalTask(caseId, differences, scale, { times, differences: pairDifferences(runs) }) ?? [];
  });
}

function replayPairs(
  cycle: CycleReport,
  candidate: Candidate,
  reference: string,
  trials: readonly StoredTrial[],
  tagsOf: TagsOf,
): Omit<Replayed, 'confirmedLift' | 'criticalTasks'> {
  const baselines = Map.groupBy(
    trials.filter(({ place }) => place.candidate === ''),
    baselineKey,
  );
  let evidence = noEvidence(cycle, candidate.mde);
  const voidPairs = { baseline: 0, treatment: 0 };
  const runs = { treatment: 0, baselineShared: 0 };
  for (const trial of inOrder(trials.filter(({ place }) => place.candidate === reference))) {
    const scores = newestBefore(baselines.get(baselineKey(trial)) ?? [], trial.place.round);
    runs.treatment += 1;
    runs.baselineShared += scores.length > 0 ? scores.length : cycle.baselineRuns;
    if (trial.score === null) voidPairs.treatment += 1;
    if (scores.length === 0) voidPairs.baseline += 1;
    if (trial.score === null || scores.length === 0 || trial.place.round < candidate.roundFirst) continue;
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    evidence = observePair(evidence, {
      caseId: trial.caseId,
      tags: tagsOf(trial.caseId),
      difference: trial.score - mean,
    });
  }
  return { evidence, voidPairs, runs };
}

function replayFactorial(
  cycle: CycleReport,
  candidate: Candidate,
  reference: string,
  trials: readonly StoredTrial[],
  tagsOf: TagsOf,
): Omit<Replayed, 'confirmedLift' | 'criticalTasks'> {
  let evidence = noEvidence(cycle, candidate.mde);
  const voidPairs = { baseline: 0, treatment: 0 };
  const runs = { treatment: 0, baselineShared: 0 };
  const outcomes: Record<string, OutcomeSum> = {};
  let all: OutcomeSum = { n: 0, sum: 0 };
  const rounds = Map.groupBy(inOrder(trials), ({ place }) => place.round);
  for (const [number, round] of rounds) {
    const expected = round.map((trial) => expectedOutcome(outcomes, all, placed(trial)));
    for (const [index, trial] of round.entries()) {
      const { score } = trial;
      if (trial.place.coins.includes(reference)) {
        const included = trial.rules.includes(reference);
        runs.treatment += 1;
        if (score === null) voidPairs[included ? 'treatment' : 'baseline'] += 1;
        else if (number >= candidate.roundFirst) {
          const difference = factorialIncrement(included, score, expected[index] ?? 0);
          evidence = observePair(evidence, {
            caseId: trial.caseId,
            tags: tagsOf(trial.caseId),
            difference,
          });
        }
      }
      if (score === null) continue;
      const key = outcomeKey(placed(trial));
      outcomes[key] = withOutcome(outcomes[key], score);
      all = withOutcome(all, score);
    }
  }
  return { evidence, voidPairs, runs };
}

function confirmedLift(trials: readonly StoredTrial[]): number | null {
  const scores = { baseline: new Map<number, number>(), treatment: new Map<number, number>() };
  for (const { place, purpose, score } of inRunOrder(trials)) {
    if (score !== null) scores[purpose].set(place.pair, score);
  }
  return meanDifference(scores.treatment, scores.baseline);
}

function inOrder(trials: readonly StoredTrial[]): StoredTrial[] {
  return trials.toSorted((a, b) => a.place.pair - b.place.pair);
}

function inRunOrder(trials: readonly StoredTrial[]): StoredTrial[] {
  return trials.toSorted((a, b) => a.place.position - b.place.position);
}

function placed({ caseId, place }: StoredTrial): { readonly caseId: string; readonly block: string } {
  return { caseId, block: place.block };
}

function baselineKey({ caseId, place }: StoredTrial): string {
  return `${caseId}\u0000${place.pass}\u0000${place.block}`;
}

/** Judged scores of the newest runs of a baseline that were started no later than this round. */
function newestBefore(trials: readonly StoredTrial[], round: number): readonly number[] {
  const rounds = trials.map(({ place }) => place.round).filter((each) => each <= round);
  const newest = Math.max(...rounds);
  return inRunOrder(trials.filter(({ place }) => place.round === newest)).flatMap(({ score }) => score ?? []);
}

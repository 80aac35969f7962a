import { eBonferroniLogThreshold } from '../stats/e-bonferroni.ts';
import type { StoredTrial } from '../trials/stored-trials.ts';
import { compareBehaviour, type Behaviour } from './behaviour.ts';
import { isVeto, worstLogE } from './critical-task.ts';
import { liftInterval, logEvidence, meanLift, provisionalLift } from './evidence.ts';
import { CLUSTERED_E_MIN, FUTILITY_E, HARM_E } from './race-options.ts';
import { replayEvidence } from './replay-evidence.ts';
import type { CandidateReport, CycleReport } from './validator.ts';
import { followsTheSeed } from './verify-randomisation.ts';

/** Largest difference that rounding of sums may make, relative to 1 or to the number. */
const ROUNDING_MAX = 1e-9;

/** A number of a report that the stored trials do not give. */
export interface Difference {
  readonly name: string;
  readonly reported: number | null;
  readonly recomputed: number | null;
}

/** One candidate's verdict, made again from the stored trials. */
export interface RecomputedVerdict {
  readonly ruleId: string;
  readonly ruleVersion: number;
  readonly status: CandidateReport['status'];
  /** What was recomputed, by name. */
  readonly numbers: Readonly<Record<string, number | null>>;
  readonly differences: readonly Difference[];
  /** Whether the recomputed numbers allow the verdict. */
  readonly holds: boolean;
}

export interface RecomputedCycle {
  readonly cycleId: string;
  /** Stored trials that it was made from. */
  readonly trials: number;
  /** Order of the trials and coins are those that the seed gives. */
  readonly randomised: boolean;
  /** Every number is the reported one, every verdict holds, and the seed gave the order. */
  readonly equal: boolean;
  readonly verdicts: readonly RecomputedVerdict[];
  /** How candidates behave by the stored trials, where the report says otherwise. */
  readonly behaviours: readonly Behaviour[];
}

/** Makes the verdicts of a cycle again from its stored trials and its seed, and compares them with its report. */
export function recomputeCycle(
  cycle: CycleReport,
  trials: readonly StoredTrial[],
  tagsOf: (caseId: string) => readonly string[],
): RecomputedCycle {
  const verdicts = cycle.reports.map((report) => recomputeVerdict(cycle, report, trials, tagsOf));
  const randomised = followsTheSeed(cycle, trials);
  const behaviours = otherBehaviours(cycle, trials);
  const isGiven = verdicts.every(({ differences, holds }) => differences.length === 0 && holds);
  const equal = randomised && isGiven && behaviours.length === 0;
  return { cycleId: cycle.id, trials: trials.length, randomised, equal, verdicts, behaviours };
}

function otherBehaviours(cycle: CycleReport, trials: readonly StoredTrial[]): readonly Behaviour[] {
  return cycle.behaviours.flatMap((reported) => {
    const recomputed = compareBehaviour(reported.rules, trials, reported.rounds, reported.replaced);
    const isEqual =
      recomputed.relation === reported.relation &&
      (['changed', 'agreeing', 'together', 'logEConflict'] as const).every((name) =>
        isSame(reported[name], recomputed[name]),
      );
    return isEqual ? [] : [recomputed];
  });
}

function recomputeVerdict(
  cycle: CycleReport,
  report: CandidateReport,
  trials: readonly StoredTrial[],
  tagsOf: (caseId: string) => readonly string[],
): RecomputedVerdict {
  const { evidence, voidPairs, runs, confirmedLift, criticalTasks } = replayEvidence(
    cycle,
    report,
    trials,
    tagsOf,
  );
  const logE = logEvidence(evidence);
  const [low, high] = liftInterval(evidence);
  const alphaPeriod = cycle.alpha * 2 ** -report.period;
  const threshold = report.weight === 0 ? 0 : eBonferroniLogThreshold(alphaPeriod, report.weight);
  const numbers = {
    pairs: evidence.n,
    gains: evidence.gains,
    losses: evidence.losses,
    voidBaseline: voidPairs.baseline,
    voidTreatment: voidPairs.treatment,
    runsTreatment: runs.treatment,
    runsBaseline: runs.baselineShared,
    logE: logE.benefit,
    logEThreshold: threshold,
    logEClustered: logE.clustered,
    logEHarm: logE.harm,
    logEFutility: logE.futility,
    logECritical: worstLogE(criticalTasks),
    liftRaw: meanLift(evidence),
    liftProvisional: provisionalLift(evidence),
    liftLow: low,
    liftHigh: high,
    liftConfirmed: confirmedLift,
  };
  const reported = numbersOf(report);
  const differences = Object.entries(numbers).flatMap(([name, recomputed]): Difference[] => {
    const given = reported[name] ?? null;
    return isSame(given, recomputed) ? [] : [{ name, reported: given, recomputed }];
  });
  const { ruleId, ruleVersion, status } = report;
  return { ruleId, ruleVersion, status, numbers, differences, holds: isAllowed(cycle, report, numbers) };
}

function numbersOf(report: CandidateReport): Readonly<Record<string, number | null>> {
  const { voidPairs, runs, lift } = report;
  return {
    pairs: report.pairs,
    gains: report.gains,
    losses: report.losses,
    voidBaseline: voidPairs.baseline,
    voidTreatment: voidPairs.treatment,
    runsTreatment: runs.treatment,
    runsBaseline: runs.baselineShared,
    logE: report.logE,
    logEThreshold: report.logEThreshold,
    logEClustered: report.logEClustered,
    logEHarm: report.logEHarm,
    logEFutility: report.logEFutility,
    logECritical: report.logECritical,
    liftRaw: lift.raw,
    liftProvisional: lift.provisional,
    liftLow: lift.confidenceSequence[0],
    liftHigh: lift.confidenceSequence[1],
    liftConfirmed: lift.confirmed,
  };
}

function isSame(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a - b) <= ROUNDING_MAX * Math.max(1, Math.abs(a));
}

/** Whether the numbers reach what the verdict needs; with e-BH a promotion may need less than the threshold. */
function isAllowed(
  cycle: CycleReport,
  { status }: CandidateReport,
  numbers: Readonly<
    Record<
      | 'logE'
      | 'logEThreshold'
      | 'logEClustered'
      | 'logEHarm'
      | 'logEFutility'
      | 'logECritical'
      | 'liftProvisional',
      number
    >
  >,
): boolean {
  if (status === 'harmful') return numbers.logEHarm >= Math.log(HARM_E);
  if (status === 'futile') return numbers.logEFutility >= Math.log(FUTILITY_E);
  if (status !== 'promoted') return true;
  if (isVeto({ logEHarm: numbers.logECritical })) return false;
  if (cycle.control === 'fwer' && numbers.logE < numbers.logEThreshold) return false;
  if (cycle.mode === 'factorial') return true;
  return numbers.logEClustered >= Math.log(CLUSTERED_E_MIN) && numbers.liftProvisional >= cycle.liftMin;
}

import { createHash } from 'node:crypto';
import { itemReference } from '@tracelore/sdk/contract';
import { intraclassCorrelation } from '../stats/intraclass.ts';
import { checkedLogE } from './checked-cases.ts';
import { costAdded } from './compared-runs.ts';
import { worstLogE } from './critical-task.ts';
import { flippedTasks } from './critical-tasks.ts';
import { logThreshold } from './decide.ts';
import { liftInterval, logEvidence, meanLift, provisionalLift } from './evidence.ts';
import { latencyAdded } from './latency.ts';
import { scorePrediction } from './prediction-score.ts';
import { tokensAdded } from './promotion-keys.ts';
import type { RaceSettings } from './race-options.ts';
import { alphaOf, type Contender, type Race } from './race-state.ts';
import { behaviours } from './rivals.ts';
import { reportSentinel } from './sentinel.ts';
import type { CandidateReport, CycleReport, ValidationInput } from './validator.ts';

/** The cycle in words and numbers; a function of the seed and the outcomes, but for the two times. */
export function reportCycle(
  race: Race,
  input: ValidationInput,
  settings: RaceSettings,
  startedAt: Date,
): CycleReport {
  return {
    id: input.id,
    project: input.project,
    startedAt: startedAt.toISOString(),
    finishedAt: input.now().toISOString(),
    mode: settings.mode,
    control: settings.control,
    alpha: settings.alpha,
    candidates: race.size,
    bound: boundInWords(race, settings),
    runsBudget: settings.runsBudget,
    runsUsed: race.runsUsed,
    rounds: race.round,
    baselineRuns: settings.baselineRuns,
    liftMin: settings.liftMin,
    sentinel: reportSentinel(race),
    icc: intraclassCorrelation(Object.values(race.replicates)),
    seed: input.seed,
    fingerprint: input.fingerprint,
    reports: race.contenders
      .toSorted((a, b) => input.candidates.indexOf(a.rule) - input.candidates.indexOf(b.rule))
      .map((contender) => reportContender(contender, race, settings)),
    behaviours: behaviours(race),
    replays: input.replays ?? [],
  };
}

function boundInWords(race: Race, settings: RaceSettings): string {
  const level = `${Number((100 * settings.alpha).toPrecision(4))} %`;
  if (race.size === 0) return 'no candidate was tested, so none can be promoted falsely';
  const family = `${race.size} ${race.size === 1 ? 'candidate' : 'candidates'}`;
  return settings.control === 'fwer'
    ? `P(any false promotion among the ${family} of this cycle) ≤ ${level}, at any look; a candidate restarted by a promotion is tested at half its level each time`
    : `expected share of false promotions among those of this cycle (${family}) ≤ ${level}, at any look; ${settings.mode === 'race' ? 'proven for fresh baselines, measured for shared ones' : 'proven for trials randomised one by one'}`;
}

function passesOf(contender: Contender, race: Race, { mode }: RaceSettings): number {
  const { attempts, pass, passFirst, triggered } = contender;
  if (attempts === 0) return 0;
  return mode === 'factorial'
    ? Math.max(...triggered.map((id) => race.draws[id] ?? 0))
    : pass - passFirst + 1;
}

function reportContender(contender: Contender, race: Race, settings: RaceSettings): CandidateReport {
  const { evidence } = contender;
  const logE = logEvidence(evidence);
  const provisional = provisionalLift(evidence);
  const criticalTasks = flippedTasks(contender, race);
  const coverage = contender.heldOut === 0 ? 0 : contender.triggered.length / contender.heldOut;
  return {
    ruleId: contender.rule.id,
    ruleVersion: contender.rule.version,
    status: contender.status === 'active' ? 'deferred' : contender.status,
    reason: contender.reason,
    candidates: race.size,
    weight: contender.weight,
    period: contender.period,
    alphaPeriod: alphaOf(contender, settings),
    roundFirst: contender.roundFirst,
    mde: contender.mde,
    pairs: evidence.n,
    gains: evidence.gains,
    losses: evidence.losses,
    voidPairs: { ...contender.voidPairs },
    runs: {
      treatment: contender.runs.treatment,
      baselineShared: contender.runs.baseline,
      confirm: contender.runs.confirm,
    },
    logE: logE.benefit,
    logEThreshold: contender.entered ? logThreshold(contender, settings) : 0,
    anytimeP: Math.min(1, Math.exp(-logE.benefit)),
    logEClustered: logE.clustered,
    logEHarm: logE.harm,
    logEFutility: logE.futility,
    logECritical: worstLogE(criticalTasks),
    logEChecked: checkedLogE(contender, race),
    criticalTasks,
    triggeredTasks: contender.triggered.length,
    coverage,
    passes: passesOf(contender, race, settings),
    lift: {
      raw: meanLift(evidence),
      provisional,
      confirmed: contender.confirmedLift,
      confidenceSequence: liftInterval(evidence),
      overall: coverage * (contender.confirmedLift ?? provisional),
    },
    tokensAdded: tokensAdded(contender),
    latencyAddedMs: latencyAdded(contender.compared),
    costAddedUsd: costAdded(contender.compared, race.costs),
    prediction: scorePrediction(contender, settings),
    replaces: contender.replaces === undefined ? null : itemReference(contender.replaces),
    yieldsTo: contender.yieldsTo?.rule ?? null,
    incumbentHash: createHash('sha256').update(contender.incumbents.toSorted().join('\n')).digest('hex'),
  };
}

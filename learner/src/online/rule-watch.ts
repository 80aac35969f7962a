import { bet, bettingLogE, startBetting, type Betting } from '../stats/betting.ts';
import { onlineIncrement } from '../stats/online-increment.ts';
import { detect, detectorValue, startDetector, type Detector } from '../stats/shiryaev-roberts.ts';
import type { Stage } from './stage.ts';
import { countUnit, missingLogE, splitLogE, type ClosedUnit, type Stratum } from './stratum.ts';

/** When a watched rule moves. E values are likelihood-ratio-like: 20 = at most 5 % by chance, whenever one looks. */
export const WATCH = {
  /** Takes the rule out of service, in any stage. */
  harmE: 20,
  /** Ends the active stage, and ends a suspicion. */
  benefitE: 20,
  /** Sends a rule that helps by less than `futileLift` (score units) to sleep. */
  futilityE: 20,
  futileLift: 0.05,
  futilityUnitsMin: 500,
  /** Canary ends after the first number of units unless harm has reached `canaryHarmE`, after the second anyway. */
  canaryUnitsMin: 200,
  canaryUnitsMax: 400,
  canaryHarmE: 5,
  /** Harm from the first value on withholds the rule as in canary, until it falls below the second. */
  cautiousE: 5,
  calmE: 2,
  /** Level of the drift detector: about that many units between false alarms of a rule without effect. */
  alarm: 1_000,
  /**
   * The same of the drift detector: a rule that helped for long has no evidence of harm for long after it turned, and at
   * a small hold-out an alarm takes its time. From 200 on, false alarms of a rule with +20 points would double.
   */
  cautiousLevel: 500,
  calmLevel: 100,
  /** Units after which a suspicion that nothing confirmed ends. */
  suspectUnits: 400,
  /** The split of the arms, or of missing outcomes, is broken: nothing is decided any more. */
  brokenE: 1_000,
} as const;

/** Outcomes that predict the next one. */
const RECENT_MAX = 200;

/** What was seen since the drift detector's last alarm. */
interface Suspicion {
  readonly units: number;
  readonly harm: Betting;
  readonly benefit: Betting;
}

/**
 * Everything known about one rule in one epoch: plain data. Stored as JSON and read again it continues exactly, since it
 * holds nothing but numbers and texts.
 */
export interface RuleWatch {
  readonly stage: Stage;
  readonly units: number;
  /** Harm is gathering, at all or since some time ago: withheld as in canary. */
  readonly cautious: boolean;
  readonly harm: Betting;
  readonly benefit: Betting;
  readonly futility: Betting;
  readonly detector: Detector;
  /** Alarms so far. */
  readonly episodes: number;
  readonly suspicion: Suspicion | null;
  /** Last outcomes, oldest first. */
  readonly recent: readonly number[];
  readonly strata: readonly Stratum[];
}

export function startWatch(): RuleWatch {
  return {
    stage: 'canary',
    units: 0,
    cautious: false,
    harm: startBetting(0, -1),
    benefit: startBetting(0, 1),
    futility: startBetting(0, -1),
    detector: startDetector(),
    episodes: 0,
    suspicion: null,
    recent: [],
    strata: [],
  };
}

/** Prediction of the next outcome from the past ones, in (0, 1). */
export function predictNext(recent: readonly number[]): number {
  return (recent.reduce((sum, outcome) => sum + outcome, 0) + 1) / (recent.length + 2);
}

/**
 * The watch after one more closed unit. Pure: the same units in the same order give the same watch.
 *
 * A missing outcome counts as a unit without evidence. Units that close after a rule was taken out of service are
 * counted, but it does not come back by itself.
 */
export function observeUnit(watch: RuleWatch, unit: ClosedUnit): RuleWatch {
  const { propensity, outcome } = unit;
  const prediction = predictNext(watch.recent);
  const g = outcome === null ? 0 : onlineIncrement(unit.injected, propensity, outcome, prediction);
  // The rule helps by less than futileLift: what the increment's mean would then be at this propensity.
  const m0 = Math.min(propensity, 1 - propensity) * WATCH.futileLift;
  const isOnGuard = watch.stage === 'active' || watch.stage === 'steady';
  const { suspicion } = watch;
  return move({
    ...watch,
    units: watch.units + 1,
    harm: bet(watch.harm, g),
    benefit: bet(watch.benefit, g),
    futility: bet({ ...watch.futility, m0 }, g),
    detector: isOnGuard ? detect(watch.detector, -g) : watch.detector,
    suspicion: suspicion && {
      units: suspicion.units + 1,
      harm: bet(suspicion.harm, g),
      benefit: bet(suspicion.benefit, g),
    },
    recent: outcome === null ? watch.recent : remember(watch.recent, outcome),
    strata: countUnit(watch.strata, unit, prediction),
  });
}

function remember(recent: readonly number[], outcome: number): readonly number[] {
  const kept = recent.slice(recent.length < RECENT_MAX ? 0 : 1);
  kept.push(outcome);
  return kept;
}

/** Why nothing is decided about this rule, or `null`: the arms cannot be compared. */
export function brokenSplit(watch: RuleWatch): 'split' | 'missing' | null {
  const limit = Math.log(WATCH.brokenE);
  if (splitLogE(watch.strata) >= limit) return 'split';
  return missingLogE(watch.strata) >= limit ? 'missing' : null;
}

function move(watch: RuleWatch): RuleWatch {
  const stage = nextStage(watch);
  // Whether the split is sound is costly to say and matters only when something is about to be decided.
  if (stage === watch.stage || brokenSplit(watch) !== null) return heed(watch);
  // What was seen since the alarm stays as evidence for a removal that it decided.
  if (stage === 'deprecated') return heed({ ...watch, stage });
  if (stage !== 'suspect') return heed({ ...watch, stage, suspicion: null });
  return heed({
    ...watch,
    stage,
    episodes: watch.episodes + 1,
    detector: startDetector(),
    suspicion: { units: 0, harm: startBetting(0, -1), benefit: startBetting(0, 1) },
  });
}

function nextStage(watch: RuleWatch): Stage {
  const { stage, units, suspicion } = watch;
  if (stage === 'dormant' || stage === 'deprecated') return stage;
  const harm = bettingLogE(watch.harm);
  if (harm >= Math.log(WATCH.harmE)) return 'deprecated';
  if (stage === 'canary') {
    const isHarmless = units >= WATCH.canaryUnitsMin && harm < Math.log(WATCH.canaryHarmE);
    return isHarmless || units >= WATCH.canaryUnitsMax ? 'active' : stage;
  }
  if (stage === 'suspect') return suspicion === null ? 'active' : judgeSuspicion(watch, suspicion);
  const isFutile =
    units >= WATCH.futilityUnitsMin && bettingLogE(watch.futility) >= Math.log(WATCH.futilityE);
  if (isFutile) return 'dormant';
  if (detectorValue(watch.detector) >= WATCH.alarm) return 'suspect';
  const isProven = watch.episodes === 0 && bettingLogE(watch.benefit) >= Math.log(WATCH.benefitE);
  return isProven ? 'steady' : stage;
}

/** An alarm alone never deprecates; each further episode needs twice the evidence, so that all together stay below 5 %. */
function judgeSuspicion(watch: RuleWatch, { units, harm, benefit }: Suspicion): Stage {
  if (bettingLogE(harm) >= Math.log(WATCH.harmE * 2 ** watch.episodes)) return 'deprecated';
  const isOver = units >= WATCH.suspectUnits || bettingLogE(benefit) >= Math.log(WATCH.benefitE);
  return isOver ? 'active' : 'suspect';
}

/** Whether harm is gathering; once it is, the rule is watched closely until it is calm. */
function heed(watch: RuleWatch): RuleWatch {
  const [harmE, level] = watch.cautious
    ? [WATCH.calmE, WATCH.calmLevel]
    : [WATCH.cautiousE, WATCH.cautiousLevel];
  const cautious = bettingLogE(watch.harm) >= Math.log(harmE) || detectorValue(watch.detector) >= level;
  return cautious === watch.cautious ? watch : { ...watch, cautious };
}

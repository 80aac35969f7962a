import { benefitLogE, observeBenefit, startBenefit, type Benefit } from '../stats/benefit.ts';
import { bet, bettingLogE, startBetting, type Betting } from '../stats/betting.ts';
import { clusteredLogE } from '../stats/clustered-key.ts';
import {
  countObservation,
  lookAtInterval,
  observeInterval,
  startConfidenceSequence,
  type ConfidenceSequence,
} from '../stats/confidence-sequence.ts';
import { shrunkenLift } from '../stats/shrinkage.ts';

/** Distinct differences up to which an interval is narrowed by each; beyond it by every 32nd. */
const CHEAP_VALUES_MAX = 16;
const LOOK_EVERY = 32;

/** Harm in a critical slice that must be ruled out, score units. */
export const MARGIN = 0.1;

/** Running sums of differences. */
interface Sums {
  readonly n: number;
  readonly sum: number;
  readonly sumOfSquares: number;
}

/** What one tag's tasks showed. */
export interface SliceEvidence extends Sums {
  readonly harm: Betting;
  /** Evidence that the lift is above −{@link MARGIN}: that harm beyond it is ruled out. */
  readonly safety: Betting;
}

/**
 * Everything known about a candidate from one period, as plain data. What is bet on are differences D in [-1, 1]: of a
 * pair, with − without; of a factorial trial, the increment G, whose mean is half the lift. Sums are of lifts.
 */
export interface Evidence extends Sums {
  /** Lift per difference: 1 for pairs, 2 for increments. */
  readonly scale: 1 | 2;
  readonly gains: number;
  readonly losses: number;
  readonly benefit: Benefit;
  readonly harm: Betting;
  readonly futility: Betting;
  readonly interval: ConfidenceSequence;
  /** Differences by eval case. */
  readonly tasks: Readonly<Record<string, readonly number[]>>;
  /** By tag of the eval cases. */
  readonly slices: Readonly<Record<string, SliceEvidence>>;
}

export interface EvidenceOptions {
  readonly alpha: number;
  /** Lift worth finding. */
  readonly mde: number;
  /** Starts the closed-form process: right for one baseline run per pair. */
  readonly binary: boolean;
  /** 1 for pairs, 2 for factorial increments. */
  readonly scale: 1 | 2;
}

/** Before the first pair. */
export function startEvidence(options: EvidenceOptions): Evidence {
  return {
    scale: options.scale,
    n: 0,
    sum: 0,
    sumOfSquares: 0,
    gains: 0,
    losses: 0,
    benefit: startBenefit(options.binary),
    harm: startBetting(0, -1),
    futility: startBetting(options.mde / options.scale, -1),
    interval: startConfidenceSequence(options.alpha),
    tasks: {},
    slices: {},
  };
}

function startSlice(scale: Evidence['scale']): SliceEvidence {
  const safety = startBetting(-MARGIN / scale, 1);
  return { n: 0, sum: 0, sumOfSquares: 0, harm: startBetting(0, -1), safety };
}

/** Adds one pair, or one factorial trial, of an eval case. */
export function observePair(
  evidence: Evidence,
  pair: { readonly caseId: string; readonly tags: readonly string[]; readonly difference: number },
): Evidence {
  const d = pair.difference;
  const slices = { ...evidence.slices };
  for (const tag of new Set(pair.tags)) {
    const slice = slices[tag] ?? startSlice(evidence.scale);
    slices[tag] = {
      ...added(slice, evidence.scale * d),
      harm: bet(slice.harm, d),
      safety: bet(slice.safety, d),
    };
  }
  return {
    scale: evidence.scale,
    ...added(evidence, evidence.scale * d),
    gains: evidence.gains + (d > 0 ? 1 : 0),
    losses: evidence.losses + (d < 0 ? 1 : 0),
    benefit: observeBenefit(evidence.benefit, d),
    harm: bet(evidence.harm, d),
    futility: bet(evidence.futility, d),
    interval: narrowed(evidence.interval, d, evidence.n + 1),
    tasks: { ...evidence.tasks, [pair.caseId]: [...(evidence.tasks[pair.caseId] ?? []), d] },
    slices,
  };
}

function added(sums: Sums, lift: number): Sums {
  return { n: sums.n + 1, sum: sums.sum + lift, sumOfSquares: sums.sumOfSquares + lift * lift };
}

/** The same evidence asked about a smaller lift worth finding. */
export function withMde(evidence: Evidence, mde: number): Evidence {
  let futility = startBetting(mde / evidence.scale, -1);
  for (const [value, count] of evidence.interval.values) futility = bet(futility, value, count);
  return { ...evidence, futility };
}

/**
 * Looks after every observation while they take few values, else only now and then: each look costs time in proportion to
 * the number of values.
 */
function narrowed(interval: ConfidenceSequence, d: number, n: number): ConfidenceSequence {
  const isCheap = interval.values.length < CHEAP_VALUES_MAX || n % LOOK_EVERY === 0;
  return isCheap ? observeInterval(interval, d) : countObservation(interval, d);
}

/** Running intersection of the confidence intervals for the lift. */
export function liftInterval({ interval: observed, scale }: Evidence): readonly [number, number] {
  const interval = lookAtInterval(observed);
  return [Math.max(-1, scale * interval.lower), Math.min(1, scale * interval.upper)];
}

/** Mean lift; 0 without pairs. */
export function meanLift(sums: Sums): number {
  return sums.n === 0 ? 0 : sums.sum / sums.n;
}

/** Variance of the lifts (n − 1); 0 below two pairs. */
export function varianceOf(sums: Sums): number {
  if (sums.n < 2) return 0;
  return Math.max(0, sums.sumOfSquares - sums.sum ** 2 / sums.n) / (sums.n - 1);
}

/** Mean lift shrunk for the winner's curse. */
export function provisionalLift(sums: Sums): number {
  return sums.n === 0 ? 0 : shrunkenLift(meanLift(sums), varianceOf(sums) / sums.n);
}

/** The four log E-values a verdict is made from; each is worked out when it is read. */
export function logEvidence(evidence: Evidence): {
  readonly benefit: number;
  readonly clustered: number;
  readonly harm: number;
  readonly futility: number;
} {
  return {
    get benefit(): number {
      return benefitLogE(evidence.benefit);
    },
    get clustered(): number {
      return clusteredLogE(Object.values(evidence.tasks));
    },
    get harm(): number {
      return bettingLogE(evidence.harm);
    },
    get futility(): number {
      return bettingLogE(evidence.futility);
    },
  };
}

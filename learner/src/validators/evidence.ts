import { benefitLogE, observeBenefit, startBenefit, type Benefit } from '../stats/benefit.ts';
import { bet, bettingLogE, startBetting, type Betting } from '../stats/betting.ts';
import { clusteredLogE } from '../stats/clustered-key.ts';
import {
  observeInterval,
  startConfidenceSequence,
  type ConfidenceSequence,
} from '../stats/confidence-sequence.ts';
import { shrunkenLift } from '../stats/shrinkage.ts';

/** Running sums of differences. */
interface Sums {
  readonly n: number;
  readonly sum: number;
  readonly sumOfSquares: number;
}

/** What one tag's tasks showed. */
export interface SliceEvidence extends Sums {
  readonly harm: Betting;
}

/** Everything known about a candidate from one period, as plain data. Differences D = with − without, in [-1, 1]. */
export interface Evidence extends Sums {
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

/** Before the first pair. `binary` starts the closed-form process: right for one baseline run per pair. */
export function startEvidence(options: { alpha: number; mde: number; binary: boolean }): Evidence {
  return {
    n: 0,
    sum: 0,
    sumOfSquares: 0,
    gains: 0,
    losses: 0,
    benefit: startBenefit(options.binary),
    harm: startBetting(0, -1),
    futility: startBetting(options.mde, -1),
    interval: startConfidenceSequence(options.alpha),
    tasks: {},
    slices: {},
  };
}

/** Adds one pair of an eval case. */
export function observePair(
  evidence: Evidence,
  pair: { readonly caseId: string; readonly tags: readonly string[]; readonly difference: number },
): Evidence {
  const d = pair.difference;
  const slices = { ...evidence.slices };
  for (const tag of new Set(pair.tags)) {
    const slice = slices[tag] ?? { n: 0, sum: 0, sumOfSquares: 0, harm: startBetting(0, -1) };
    slices[tag] = { ...added(slice, d), harm: bet(slice.harm, d) };
  }
  return {
    ...added(evidence, d),
    gains: evidence.gains + (d > 0 ? 1 : 0),
    losses: evidence.losses + (d < 0 ? 1 : 0),
    benefit: observeBenefit(evidence.benefit, d),
    harm: bet(evidence.harm, d),
    futility: bet(evidence.futility, d),
    interval: observeInterval(evidence.interval, d),
    tasks: { ...evidence.tasks, [pair.caseId]: [...(evidence.tasks[pair.caseId] ?? []), d] },
    slices,
  };
}

function added(sums: Sums, d: number): Sums {
  return { n: sums.n + 1, sum: sums.sum + d, sumOfSquares: sums.sumOfSquares + d * d };
}

/** The same evidence asked about a smaller lift worth finding. */
export function withMde(evidence: Evidence, mde: number): Evidence {
  let futility = startBetting(mde, -1);
  for (const [value, count] of evidence.interval.values) futility = bet(futility, value, count);
  return { ...evidence, futility };
}

/** Mean difference; 0 without pairs. */
export function meanLift(sums: Sums): number {
  return sums.n === 0 ? 0 : sums.sum / sums.n;
}

/** Variance of the differences (n − 1); 0 below two pairs. */
export function varianceOf(sums: Sums): number {
  if (sums.n < 2) return 0;
  return Math.max(0, sums.sumOfSquares - sums.sum ** 2 / sums.n) / (sums.n - 1);
}

/** Mean difference shrunk for the winner's curse. */
export function provisionalLift(sums: Sums): number {
  return sums.n === 0 ? 0 : shrunkenLift(meanLift(sums), varianceOf(sums) / sums.n);
}

/** The four log E-values a verdict is made from. */
export function logEvidence(evidence: Evidence): {
  readonly benefit: number;
  readonly clustered: number;
  readonly harm: number;
  readonly futility: number;
} {
  return {
    benefit: benefitLogE(evidence.benefit),
    clustered: clusteredLogE(Object.values(evidence.tasks)),
    harm: bettingLogE(evidence.harm),
    futility: bettingLogE(evidence.futility),
  };
}

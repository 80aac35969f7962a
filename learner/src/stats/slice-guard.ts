import { normalCdf } from './normal.ts';

/** Prior standard deviation of a slice's effect around the overall mean, score units. */
export const SLICE_PRIOR_SD = 0.15;
/** An effect below this counts as bad, score units. */
export const SLICE_BAD_EFFECT = -0.05;
/** Pairs a slice needs before the guard says anything about it. */
export const SLICE_PAIRS_MIN = 20;
/** Floor of the variance within a slice: identical outcomes are no proof of certainty. */
const VARIANCE_MIN = 0.05;
const BAD_PROBABILITY_MAX = 0.5;

/** Differences seen in one slice (the tasks with one tag). */
export interface SliceSample {
  readonly name: string;
  /** Pairs. */
  readonly n: number;
  readonly mean: number;
  readonly variance: number;
}

export interface SliceFinding {
  readonly name: string;
  readonly posteriorMean: number;
  readonly posteriorSd: number;
  /** P(effect < {@link SLICE_BAD_EFFECT}). */
  readonly probabilityBad: number;
  /** Bad with probability above ½, on at least {@link SLICE_PAIRS_MIN} pairs. */
  readonly blocked: boolean;
}

/**
 * Shrinks slice effects to their overall mean (normal–normal) and blocks slices that the rule probably harms. A
 * heuristic key: it can only remove promotions.
 */
export function guardSlices(slices: readonly SliceSample[]): SliceFinding[] {
  const pairs = slices.reduce((sum, slice) => sum + slice.n, 0);
  if (pairs === 0) return [];
  const overall = slices.reduce((sum, slice) => sum + slice.n * slice.mean, 0) / pairs;
  const priorPrecision = 1 / SLICE_PRIOR_SD ** 2;
  return slices
    .filter((slice) => slice.n > 0)
    .map((slice) => {
      const precision = slice.n / Math.max(slice.variance, VARIANCE_MIN);
      const posteriorMean =
        (priorPrecision * overall + precision * slice.mean) / (priorPrecision + precision);
      const posteriorSd = Math.sqrt(1 / (priorPrecision + precision));
      const probabilityBad = normalCdf((SLICE_BAD_EFFECT - posteriorMean) / posteriorSd);
      const blocked = slice.n >= SLICE_PAIRS_MIN && probabilityBad > BAD_PROBABILITY_MAX;
      return { name: slice.name, posteriorMean, posteriorSd, probabilityBad, blocked };
    });
}

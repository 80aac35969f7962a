import { bettingLogEOfCounts } from './betting.ts';
import { findRoot } from './find-root.ts';

/** Width at which the search for a bound stops, score units. */
const RESOLUTION = 1e-12;
/** How far beside the last bound the next one is looked for first, score units; then twice as far, and so on. */
const FIRST_STEP = 0.02;

/** A confidence sequence for the mean of differences in [-1, 1]: plain data. */
export interface ConfidenceSequence {
  /** Two-sided error level. */
  readonly alpha: number;
  readonly observations: number;
  /** Histogram [value, count]: the evidence does not depend on the order. */
  readonly values: readonly (readonly [number, number])[];
  /** Running intersection over all looks so far. */
  readonly lower: number;
  readonly upper: number;
}

/** Before the first observation the interval is [-1, 1]. */
export function startConfidenceSequence(alpha: number): ConfidenceSequence {
  return { alpha, observations: 0, values: [], lower: -1, upper: 1 };
}

/**
 * Adds one observation and narrows the interval.
 *
 * The lower bound is the m0 at which the betting process with direction 1 has E = 2/α, the upper bound that with
 * direction -1; E is monotone in m0. Covers at all looks together with probability ≥ 1 − α while the conditional mean
 * stays constant. Searches only when the new bound is inside the running one.
 */
export function observeInterval(sequence: ConfidenceSequence, d: number): ConfidenceSequence {
  return lookAtInterval(countObservation(sequence, d));
}

/** Adds one observation without a look: the interval stays as it is, and stays valid. Spares the search. */
export function countObservation(sequence: ConfidenceSequence, d: number): ConfidenceSequence {
  return {
    ...sequence,
    observations: sequence.observations + 1,
    values: counted(sequence.values, d),
  };
}

/** Narrows the interval by everything observed so far. */
export function lookAtInterval(sequence: ConfidenceSequence): ConfidenceSequence {
  const { values } = sequence;
  const target = Math.log(2 / sequence.alpha);
  const mirrored = values.map((entry) => [-entry[0], entry[1]] as const);
  return {
    ...sequence,
    lower: lowerBound(values, sequence.lower, target),
    upper: -lowerBound(mirrored, -sequence.upper, target),
  };
}

function counted(values: ConfidenceSequence['values'], d: number): ConfidenceSequence['values'] {
  const at = values.findIndex((entry) => entry[0] === d);
  const count = values[at]?.[1];
  return count === undefined ? [...values, [d, 1]] : values.with(at, [d, count + 1]);
}

function lowerBound(values: ConfidenceSequence['values'], from: number, target: number): number {
  const excess = (m0: number): number => bettingLogEOfCounts(values, m0, 1) - target;
  let low = Math.max(from, -1 + RESOLUTION);
  if (excess(low) <= 0) return from;
  // From look to look a bound moves little: the search begins beside it.
  let step = FIRST_STEP;
  let high = low + step;
  while (high < 1 - RESOLUTION && excess(high) > 0) {
    low = high;
    step *= 2;
    high = low + step;
  }
  return findRoot(excess, low, Math.min(high, 1 - RESOLUTION), RESOLUTION);
}

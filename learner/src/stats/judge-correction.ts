import { Z_95 } from './wilson.ts';

/**
 * Lift corrected for a noisy judge: `judgeLift / (sensitivity + specificity − 1)`. Holds while the judge's errors do not
 * depend on the arm.
 *
 * @returns null when the judge is no better than a coin: nothing can be said
 */
export function correctedLift(judgeLift: number, sensitivity: number, specificity: number): number | null {
  const skill = sensitivity + specificity - 1;
  return skill > 0 ? judgeLift / skill : null;
}

/** A share that is known from counts: Beta(hits + 1, misses + 1). */
export interface BetaPosterior {
  readonly mean: number;
  readonly variance: number;
}

export function betaPosterior(hits: number, misses: number): BetaPosterior {
  const [a, b] = [hits + 1, misses + 1];
  const total = a + b;
  return { mean: a / total, variance: (a * b) / (total * total * (total + 1)) };
}

/** A lift as the truth would show it, with what is not known about the lift and about the judge, 95 %. */
export interface CorrectedLift {
  readonly lift: number;
  readonly low: number;
  readonly high: number;
}

/**
 * {@link correctedLift} with its error, propagated to first order: Var ≈ Var(lift)/s² + lift²·(Var(sensitivity) +
 * Var(specificity))/s⁴ with s = sensitivity + specificity − 1.
 *
 * @param variance of the lift that the judge saw
 */
export function correctedLiftWithError(
  judged: { readonly lift: number; readonly variance: number },
  sensitivity: BetaPosterior,
  specificity: BetaPosterior,
): CorrectedLift | null {
  const lift = correctedLift(judged.lift, sensitivity.mean, specificity.mean);
  if (lift === null) return null;
  const skill = sensitivity.mean + specificity.mean - 1;
  const variance =
    judged.variance / skill ** 2 +
    (judged.lift ** 2 * (sensitivity.variance + specificity.variance)) / skill ** 4;
  const margin = Z_95 * Math.sqrt(variance);
  return { lift, low: Math.max(-1, lift - margin), high: Math.min(1, lift + margin) };
}

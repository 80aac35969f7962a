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

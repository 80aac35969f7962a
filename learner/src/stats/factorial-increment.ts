/** Weight of the global mean in a task's prediction, in runs. */
const PRIOR_RUNS = 2;

/**
 * Prediction of a task's next outcome from earlier runs only: `(s + 2g)/(n + 2)`.
 *
 * @param sum outcomes of this task so far, summed
 * @param runs how many
 * @param globalMean mean outcome over all tasks so far
 */
export function predictOutcome(sum: number, runs: number, globalMean: number): number {
  return (sum + PRIOR_RUNS * globalMean) / (runs + PRIOR_RUNS);
}

/**
 * Increment of a rule included by a fair coin: `G = (2Z − 1)(y − m)`, E[G] = lift/2. Bet on it with m0 = 0, and with
 * m0 = mde/2 for futility.
 *
 * @param included Z, the rule's coin in this run
 * @param outcome y in [0, 1]
 * @param prediction m in [0, 1], from the past only
 */
export function factorialIncrement(included: boolean, outcome: number, prediction: number): number {
  return included ? outcome - prediction : prediction - outcome;
}

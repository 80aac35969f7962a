import { bettingLogEOf } from './betting.ts';

/**
 * Second key against overfitting a small set of tasks by repeated passes: one bet per task on the mean of its
 * differences, with the mixture of {@link bettingLogEOf} at m0 = 0, direction 1. Tasks without pairs are left out.
 *
 * @param differencesByTask differences in [-1, 1], one list per task
 * @returns natural log of E over tasks
 */
export function clusteredLogE(differencesByTask: Iterable<readonly number[]>): number {
  const means: number[] = [];
  for (const differences of differencesByTask) {
    if (differences.length > 0)
      means.push(differences.reduce((sum, value) => sum + value, 0) / differences.length);
  }
  return bettingLogEOf(means, 0, 1);
}

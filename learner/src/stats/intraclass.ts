/** Repeated outcomes of one task under one rule set: plain data. */
export interface Replicates {
  readonly n: number;
  readonly sum: number;
  readonly sumOfSquares: number;
}

/** Adds an outcome in [0, 1]. */
export function addReplicate(replicates: Replicates | undefined, outcome: number): Replicates {
  const { n, sum, sumOfSquares } = replicates ?? { n: 0, sum: 0, sumOfSquares: 0 };
  return { n: n + 1, sum: sum + outcome, sumOfSquares: sumOfSquares + outcome * outcome };
}

/**
 * Share of outcome variance that sits between tasks (one-way analysis of variance, unequal group sizes):
 * `(MSB − MSW)/(MSB + (n0 − 1)·MSW)`, limited to [0, 1]. 1 = every run of a task ends the same way.
 *
 * @returns null while it cannot be estimated: fewer than two tasks, no task run twice, or no variance at all
 */
export function intraclassCorrelation(groups: readonly Replicates[]): number | null {
  const tasks = groups.filter((group) => group.n > 0);
  const k = tasks.length;
  const n = tasks.reduce((total, group) => total + group.n, 0);
  if (k < 2 || n <= k) return null;
  const grand = tasks.reduce((total, group) => total + group.sum, 0) / n;
  let between = 0;
  let within = 0;
  let squares = 0;
  for (const group of tasks) {
    const mean = group.sum / group.n;
    between += group.n * (mean - grand) ** 2;
    within += group.sumOfSquares - group.n * mean * mean;
    squares += group.n * group.n;
  }
  const meanBetween = between / (k - 1);
  const meanWithin = Math.max(0, within) / (n - k);
  const size = (n - squares / n) / (k - 1);
  const total = meanBetween + (size - 1) * meanWithin;
  return total <= 0 ? null : Math.min(1, Math.max(0, (meanBetween - meanWithin) / total));
}

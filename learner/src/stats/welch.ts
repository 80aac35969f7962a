import { incompleteBeta } from './incomplete-beta.ts';

export interface WelchResult {
  readonly t: number;
  /** Satterthwaite degrees of freedom. */
  readonly df: number;
  readonly twoSided: number;
  /** Tests mean(b) > mean(a). */
  readonly greater: number;
}

/** A sample told by its moments; `variance` with n − 1. */
export interface SampleMoments {
  readonly n: number;
  readonly mean: number;
  readonly variance: number;
}

/**
 * Welch t test of mean(b) − mean(a). For reports and comparison with other tools; the gate does not use it.
 *
 * @throws RangeError with fewer than two values in a sample
 */
export function welchTest(a: readonly number[], b: readonly number[]): WelchResult {
  return welchFromMoments(momentsOf(a), momentsOf(b));
}

/** The same from moments. @throws RangeError with fewer than two values in a sample */
export function welchFromMoments(a: SampleMoments, b: SampleMoments): WelchResult {
  for (const [name, { n }] of Object.entries({ a, b }))
    if (n < 2) throw new RangeError(`sample ${name}: expected at least 2 values, got ${n}`);
  const difference = b.mean - a.mean;
  const [left, right] = [a.variance / a.n, b.variance / b.n];
  const error = left + right;
  if (error === 0) {
    const greater = difference === 0 ? 0.5 : difference > 0 ? 0 : 1;
    const t = difference === 0 ? 0 : Math.sign(difference) * Infinity;
    return { t, df: a.n + b.n - 2, twoSided: difference === 0 ? 1 : 0, greater };
  }
  const t = difference / Math.sqrt(error);
  const df = error ** 2 / (left ** 2 / (a.n - 1) + right ** 2 / (b.n - 1));
  const twoSided = incompleteBeta(df / (df + t * t), df / 2, 0.5);
  return { t, df, twoSided, greater: t > 0 ? twoSided / 2 : 1 - twoSided / 2 };
}

function momentsOf(values: readonly number[]): SampleMoments {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  return { n, mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1) };
}

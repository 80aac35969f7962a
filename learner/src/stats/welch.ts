import { incompleteBeta } from './incomplete-beta.ts';

export interface WelchResult {
  readonly t: number;
  /** Satterthwaite degrees of freedom. */
  readonly df: number;
  readonly twoSided: number;
  /** Tests mean(b) > mean(a). */
  readonly greater: number;
}

/**
 * Welch t test of mean(b) − mean(a). For reports and comparison with other tools; the gate does not use it.
 *
 * @throws RangeError with fewer than two values in a sample
 */
export function welchTest(a: readonly number[], b: readonly number[]): WelchResult {
  const left = meanAndError(a, 'a');
  const right = meanAndError(b, 'b');
  const difference = right.mean - left.mean;
  const error = left.squaredError + right.squaredError;
  if (error === 0) {
    const greater = difference === 0 ? 0.5 : difference > 0 ? 0 : 1;
    const t = difference === 0 ? 0 : Math.sign(difference) * Infinity;
    return { t, df: a.length + b.length - 2, twoSided: difference === 0 ? 1 : 0, greater };
  }
  const t = difference / Math.sqrt(error);
  const df =
    error ** 2 / (left.squaredError ** 2 / (a.length - 1) + right.squaredError ** 2 / (b.length - 1));
  const twoSided = incompleteBeta(df / (df + t * t), df / 2, 0.5);
  return { t, df, twoSided, greater: t > 0 ? twoSided / 2 : 1 - twoSided / 2 };
}

function meanAndError(values: readonly number[], name: string): { mean: number; squaredError: number } {
  const n = values.length;
  if (n < 2) throw new RangeError(`sample ${name}: expected at least 2 values, got ${n}`);
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, squaredError: squares / (n - 1) / n };
}

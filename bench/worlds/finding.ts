import { createRandom } from '../../learner/src/stats/random.ts';
import { wilsonInterval } from '../../learner/src/stats/wilson.ts';
import { printTable } from '../sample.ts';

/** One measured figure with its 95 % interval, and what it was to be. */
export interface Finding {
  /** Name of the target, `T1` to `T13`; '' = shown for comparison. */
  readonly target: string;
  readonly what: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly unit: '%' | 'points' | 'units' | 'runs' | 'count' | 'µs' | 'min';
  /** The bound in words, and whether it holds; absent = nothing was asked of it. */
  readonly goal?: { readonly text: string; readonly isMet: boolean };
}

const RESAMPLES = 1_000;

/** Share of `count` in `of`, as per cent, with its Wilson interval. */
export function shareOf(count: number, of: number): Pick<Finding, 'value' | 'low' | 'high' | 'unit'> {
  const [low, high] = wilsonInterval(count, of);
  return { value: (100 * count) / of, low: 100 * low, high: 100 * high, unit: '%' };
}

/** A statistic of a sample with its percentile bootstrap interval. */
export function statisticOf<T>(
  sample: readonly T[],
  statistic: (sample: readonly T[]) => number,
  seed: string,
): Pick<Finding, 'value' | 'low' | 'high'> {
  const random = createRandom(seed);
  const draw = (): T[] =>
    sample.flatMap(() => {
      const at = random.integer(sample.length);
      return sample.slice(at, at + 1);
    });
  const resampled = Array.from({ length: RESAMPLES }, () => statistic(draw())).toSorted((a, b) => a - b);
  const at = (level: number): number => resampled[Math.floor(level * (RESAMPLES - 1))] ?? Number.NaN;
  return { value: statistic(sample), low: at(0.025), high: at(0.975) };
}

/** Of all values: those where it never happened, `null`, count as later than any. */
export function quantile(values: readonly (number | null)[], level: number): number {
  const sorted = values.map((value) => value ?? Infinity).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * level)] ?? Infinity;
}

/** The finding with its goal: no more than this, in the finding's unit. */
export function atMost(finding: Finding, most: number, measured: number = finding.value): Finding {
  return { ...finding, goal: { text: `≤ ${withUnit(most, finding)}`, isMet: measured <= most } };
}

/** The finding with its goal: no less than this. */
export function atLeast(finding: Finding, least: number): Finding {
  return { ...finding, goal: { text: `≥ ${withUnit(least, finding)}`, isMet: finding.value >= least } };
}

function withUnit(value: number, { unit }: Finding): string {
  return `${value} ${unit}`;
}

/** Prints figures with intervals, goals and whether they are met. */
export function printFindings(findings: readonly Finding[]): void {
  printTable(
    ['', 'measured', '95 %', 'goal', ''],
    findings.map(({ target, what, value, low, high, unit, goal }) => [
      `${target.padEnd(4)}${what}`,
      `${show(value)} ${unit}`,
      `[${show(low)}, ${show(high)}]`,
      goal?.text ?? '',
      goal === undefined ? '' : goal.isMet ? 'met' : 'MISSED',
    ]),
  );
}

function show(value: number): string {
  if (!Number.isFinite(value)) return 'never';
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

import { statisticOf, type Finding } from '../finding.ts';
import type { Measured } from './measure.ts';

/** One world's result of a policy beside what could be gained there. */
export interface Gained extends Measured {
  /** (accuracy − without rules) / (with every convention told − without). */
  readonly gain: number;
  readonly base: number;
  readonly oracle: number;
}

export const BASE = 'no learning';
export const TOP = 'oracle';

/** Normalises by the two policies that every world is measured with. */
export function gained(all: readonly Measured[]): readonly Gained[] {
  const accuracies = new Map(
    all.map(({ domain, seed, scenario, policy, accuracy }) => [
      `${domain} ${seed} ${scenario} ${policy}`,
      accuracy,
    ]),
  );
  return all.map((measured) => {
    const at = `${measured.domain} ${measured.seed} ${measured.scenario}`;
    const [base, oracle] = [accuracies.get(`${at} ${BASE}`), accuracies.get(`${at} ${TOP}`)];
    if (base === undefined || oracle === undefined)
      throw new Error(`${at}: was not measured without learning and with the oracle`);
    return { ...measured, base, oracle, gain: (measured.accuracy - base) / (oracle - base) };
  });
}

/** Mean of a figure over worlds with its bootstrap interval. */
export function meanOf<T>(
  worlds: readonly T[],
  value: (world: T) => number,
): ReturnType<typeof statisticOf<number>> {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, each) => sum + each, 0) / values.length;
  return statisticOf(worlds.map(value), mean, 'worlds');
}

/** A share with its interval, as per cent. */
export function inPercent({
  value,
  low,
  high,
}: ReturnType<typeof meanOf>): Pick<Finding, 'value' | 'low' | 'high' | 'unit'> {
  return { value: 100 * value, low: 100 * low, high: 100 * high, unit: '%' };
}

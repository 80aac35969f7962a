/** Stakes of the mixture, as shares of the largest stake that cannot go bankrupt. */
export const STAKES: readonly number[] = [0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95];

/** `1`: collects evidence that the mean exceeds m0; `-1`: that it lies below. */
export type Direction = 1 | -1;

/** State of a betting e-process: plain data, resumes exactly after being stored as JSON. */
export interface Betting {
  /** Mean under the null, in (-1, 1). */
  readonly m0: number;
  readonly direction: Direction;
  readonly observations: number;
  /** One running log wealth per stake, in the order of {@link STAKES}. */
  readonly logWealth: readonly number[];
}

/** A process before its first observation: E = 1. */
export function startBetting(m0: number, direction: Direction): Betting {
  if (!(m0 > -1 && m0 < 1)) throw new RangeError(`m0: expected a number in (-1, 1), got ${m0}`);
  return { m0, direction, observations: 0, logWealth: STAKES.map(() => 0) };
}

/**
 * Bets on one more observation.
 *
 * `E = mean_λ Π_i (1 + dir·λ/(1+dir·m0)·(D_i − m0))`, a non-negative supermartingale while E[D | past] is on the null's
 * side of m0; each factor is at least 0.05. Source: arXiv 2010.09686.
 *
 * @param d difference in score units, in [-1, 1]; `count` equal observations may be given at once
 * @throws RangeError outside [-1, 1]: a clipped value would make the evidence wrong without anyone noticing
 */
export function bet(process: Betting, d: number, count = 1): Betting {
  requireDifference(d);
  const { m0, direction } = process;
  const gain = (direction * (d - m0)) / (1 + direction * m0);
  return {
    m0,
    direction,
    observations: process.observations + count,
    logWealth: process.logWealth.map((sum, index) => sum + count * Math.log1p((STAKES[index] ?? 0) * gain)),
  };
}

/** Natural log of E: the mean wealth over the stakes. */
export function bettingLogE(process: Betting): number {
  return logMeanWealth(process.logWealth);
}

/** Natural log of the mean of what stakes were turned into. */
function logMeanWealth(logWealth: ArrayLike<number> & Iterable<number>): number {
  let top = -Infinity;
  for (const wealth of logWealth) top = Math.max(top, wealth);
  let total = 0;
  for (const wealth of logWealth) total += Math.exp(wealth - top);
  return top + Math.log(total / logWealth.length);
}

/** Factors lie in [0.05, 20): so many of them at most are multiplied before a logarithm is taken. */
const FACTORS_MAX = 200;

/**
 * Log of E over a whole sample at once; the order of the observations does not matter.
 *
 * @param values differences in [-1, 1] with how often each occurs
 */
export function bettingLogEOfCounts(
  values: readonly (readonly [value: number, count: number])[],
  m0: number,
  direction: Direction,
): number {
  logWealthSum.fill(0);
  products.fill(1);
  const scale = direction / (1 + direction * m0);
  let factors = 0;
  for (const entry of values) {
    const gain = scale * (entry[0] - m0);
    const count = entry[1];
    for (let k = 0; k < STAKES.length; k += 1) {
      const share = (STAKES[k] ?? 0) * gain;
      if (count === 1) products[k] = (products[k] ?? 1) * (1 + share);
      else logWealthSum[k] = (logWealthSum[k] ?? 0) + count * Math.log1p(share);
    }
    if (count > 1) continue;
    factors += 1;
    if (factors < FACTORS_MAX) continue;
    takeLogs();
    factors = 0;
  }
  takeLogs();
  return logMeanWealth(logWealthSum);
}

/** Room to work in, by stake: samples are judged many times a second, one after the other. */
const logWealthSum = new Float64Array(STAKES.length);
const products = new Float64Array(STAKES.length);

function takeLogs(): void {
  for (let k = 0; k < STAKES.length; k += 1) {
    logWealthSum[k] = (logWealthSum[k] ?? 0) + Math.log(products[k] ?? 1);
    products[k] = 1;
  }
}

/** {@link bettingLogEOfCounts} of a plain list. */
export function bettingLogEOf(values: Iterable<number>, m0: number, direction: Direction): number {
  const counts: (readonly [number, number])[] = [];
  for (const value of values) {
    requireDifference(value);
    counts.push([value, 1]);
  }
  return bettingLogEOfCounts(counts, m0, direction);
}

function requireDifference(d: number): void {
  if (!(d >= -1 && d <= 1)) throw new RangeError(`difference: expected a number in [-1, 1], got ${d}`);
}

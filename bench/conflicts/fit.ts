import { rulePairs, type PairLabel, type RulePair } from '../../learner/src/analyzers/rule-pairs.testing.ts';
import { claimOf, type Claim } from '../../learner/src/claims/claim.ts';
import { traitsOf, TRAITS } from '../../learner/src/claims/opposition.ts';

/**
 * `node --conditions=@tracelore/source bench/conflicts/fit.ts`: fits the weights of `contradicts` to the development pairs
 * by logistic regression, and prints them with what they do on each domain when they were fitted to the others. Reads no
 * other pairs. Some ten seconds of CPU.
 */
interface Row {
  readonly pair: RulePair;
  /** 1, then the traits; `undefined` = told apart before anything is weighed. */
  readonly values: readonly number[] | undefined;
}

const STEPS = 400;
const STEP_SIZE = 0.1;
/** Pull of each weight towards 0. */
const RIDGE = 0.0005;

const rows = rulePairs()
  .filter(({ split }) => split === 'development')
  .map((pair): Row => {
    const claim = (content: string): Claim => claimOf({ content, appliesWhen: '' });
    const [first, second] = pair.a < pair.b ? [pair.a, pair.b] : [pair.b, pair.a];
    const traits = traitsOf(claim(first), claim(second));
    return { pair, values: traits === undefined ? undefined : [1, ...TRAITS.map((trait) => traits[trait])] };
  });

const leftOut = new Map<Row, number>();
for (const domain of new Set(rows.map(({ pair }) => pair.domain))) {
  const weights = fit(rows.filter(({ pair }) => pair.domain !== domain));
  for (const row of rows) if (row.pair.domain === domain) leftOut.set(row, scoreOf(row, weights));
}
console.log('Each domain by the weights of the others:');
const related = scoresOf('related');
for (const share of [0.05, 0.08, 0.1, 0.12]) {
  const limit = related[Math.floor(share * related.length)] ?? 0;
  const flagged = (label: PairLabel): string => {
    const scores = scoresOf(label);
    return `${label} ${(scores.filter((score) => score > limit).length / scores.length).toFixed(3)}`;
  };
  console.log(
    `above ${limit.toFixed(2)}: ${(['conflict', 'related', 'same', 'unrelated'] as const).map(flagged).join(', ')}`,
  );
}
console.log('\nWeights from all domains:');
const [bias = 0, ...weights] = fit(rows);
console.log(`BIAS ${bias.toFixed(2)}`);
for (const [index, trait] of TRAITS.entries()) console.log(`${trait}: ${(weights[index] ?? 0).toFixed(2)},`);

function scoresOf(label: PairLabel): number[] {
  return rows
    .filter(({ pair }) => pair.label === label)
    .map((row) => leftOut.get(row) ?? 0)
    .sort((a, b) => b - a);
}

function scoreOf({ values }: Row, by: readonly number[]): number {
  return values?.reduce((sum, value, index) => sum + value * (by[index] ?? 0), 0) ?? Number.NEGATIVE_INFINITY;
}

/** Adam with a step that goes to zero. */
function fit(given: readonly Row[]): readonly number[] {
  const weighed = given.filter(({ values }) => values !== undefined);
  const [found, mean, square] = [0, 1, 2].map(() => [0, ...TRAITS.map(() => 0)]);
  if (found === undefined || mean === undefined || square === undefined) throw new Error('unreachable');
  for (let step = 1; step <= STEPS; step++) {
    const slope = found.map((weight, index) => (index === 0 ? 0 : weight * RIDGE));
    for (const row of weighed) {
      const wrong = 1 / (1 + Math.exp(-scoreOf(row, found))) - (row.pair.label === 'conflict' ? 1 : 0);
      for (const [index, value] of row.values?.entries() ?? [])
        slope[index] = (slope[index] ?? 0) + (wrong * value) / weighed.length;
    }
    for (const [index, down] of slope.entries()) {
      const average = 0.9 * (mean[index] ?? 0) + 0.1 * down;
      const spread = 0.99 * (square[index] ?? 0) + 0.01 * down * down;
      [mean[index], square[index]] = [average, spread];
      const size = Math.sqrt(spread / (1 - 0.99 ** step)) + 1e-8;
      found[index] =
        (found[index] ?? 0) - (STEP_SIZE * (1 - step / STEPS) * average) / (1 - 0.9 ** step) / size;
    }
  }
  return found;
}

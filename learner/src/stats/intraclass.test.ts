import { expect, it } from 'vitest';
import { addReplicate, intraclassCorrelation, type Replicates } from './intraclass.ts';
import { createRandom } from './random.ts';

function group(...outcomes: number[]): Replicates {
  return outcomes.reduce<Replicates>(addReplicate, { n: 0, sum: 0, sumOfSquares: 0 });
}

it('is 1 when runs of a task always agree, and 0 when tasks do not matter', () => {
  expect(intraclassCorrelation([group(1, 1), group(0, 0), group(1, 1)])).toBe(1);
  expect(intraclassCorrelation([group(1, 0), group(0, 1), group(1, 0)])).toBe(0);
});

it('is unknown without repeated runs or without variance', () => {
  expect(intraclassCorrelation([])).toBeNull();
  expect(intraclassCorrelation([group(1), group(0)])).toBeNull();
  expect(intraclassCorrelation([group(1, 1), group(1, 1)])).toBeNull();
});

it('recovers a known share: half of the tasks at .9, half at .1 has ICC .64', () => {
  const random = createRandom('icc');
  const groups = Array.from({ length: 2_000 }, (_, task) => {
    const p = task % 2 === 0 ? 0.9 : 0.1;
    return group(...Array.from({ length: 3 }, () => (random.next() < p ? 1 : 0)));
  });
  expect(intraclassCorrelation(groups)).toBeCloseTo(0.64, 1);
});

import { expect, it } from 'vitest';
import type { Prediction } from '../knowledge/rule.ts';
import { flatWorld, reportOf } from './flat-world.testing.ts';
import type { PredictionScore } from './prediction-result.ts';
import { createRaceValidator } from './race.ts';
import { simulatedCase, simulatedRule } from './simulated-world.testing.ts';

const SLICES = ['orders', 'payments', 'returns'];
const cases = Array.from({ length: 90 }, (_, index) =>
  simulatedCase(`case-${index}`, { tags: [SLICES[index % 3] ?? ''] }),
);

/** A rule that lifts all but some slices, which it spoils. */
async function scored(
  predicted: Prediction | undefined,
  spoiled: readonly string[],
  mode: 'race' | 'factorial' = 'race',
): Promise<{ readonly status: string; readonly prediction: PredictionScore | null }> {
  const rule = simulatedRule('r', {
    provenance: {
      origin: 'analyzer',
      by: 'test',
      evidence: [],
      signature: 'taught',
      ...(predicted === undefined ? {} : { predicted }),
    },
  });
  const { input } = flatWorld(
    [],
    (rules, caseId) => {
      const slice = SLICES[Number(caseId.slice(5)) % 3] ?? '';
      return rules.size === 0 ? 0.5 : spoiled.includes(slice) ? 0.2 : 0.95;
    },
    { cases, candidates: [rule] },
  );
  const cycle = await createRaceValidator({ runsBudget: 900, mode, mde: 0.01, ladder: false }).validate(
    input,
  );
  return reportOf(cycle, 'r');
}

it.each(['race', 'factorial'] as const)('what was predicted is scored by the trials: %s', async (mode) => {
  const predicted = { fixes: ['taught', 'another'], risks: ['payments', 'orders', 'nowhere'] };
  const spoiling = await scored(predicted, ['payments', 'returns'], mode);
  expect(spoiling.status).not.toBe('promoted');
  expect(spoiling.prediction).toMatchObject({
    risks: [
      { slice: 'payments', result: 'came_true' },
      { slice: 'orders', result: 'did_not' },
      { slice: 'nowhere', result: 'unknown' },
    ],
    missed: ['returns'],
  });
});

it('a predicted fix came true with a promotion; about failures of other kinds trials say nothing', async () => {
  const predicted = { fixes: ['taught', 'another'], risks: [] };
  const helping = await scored(predicted, []);
  expect(helping.status).toBe('promoted');
  expect(helping.prediction?.fixes).toEqual([
    { signature: 'taught', result: 'came_true' },
    { signature: 'another', result: 'unknown' },
  ]);
  const harmful = await scored(predicted, SLICES);
  expect(harmful.status).toMatch(/^(?:harmful|futile)$/);
  expect(harmful.prediction?.fixes[0]).toEqual({ signature: 'taught', result: 'did_not' });
});

it('predictions decide nothing, and a rule without any has no score', async () => {
  const plain = await scored(undefined, ['payments']);
  const predicting = await scored({ fixes: ['taught'], risks: ['payments'] }, ['payments']);
  expect(plain.prediction).toBeNull();
  expect({ ...predicting, prediction: null }).toEqual(plain);
});

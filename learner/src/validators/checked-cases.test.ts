import { expect, it } from 'vitest';
import { flatWorld, reportOf } from './flat-world.testing.ts';
import { createRaceValidator } from './race.ts';
import { simulatedCase } from './simulated-world.testing.ts';
import type { CandidateReport } from './validator.ts';

/** Every second case is scored by a judge. */
const CASES = Array.from({ length: 40 }, (_, i) =>
  simulatedCase(`case-${i}`, { scorer: i % 2 === 0 ? 'judge' : 'exact' }),
);

/** A rule that lifts what the judge says, and perhaps what checks say. */
async function judge(mode: 'race' | 'factorial', checked: number): Promise<CandidateReport> {
  const scorers = new Map(CASES.map(({ id, scorer }) => [id, scorer]));
  const { input } = flatWorld(
    ['rule'],
    (rules, id) => (rules.size === 0 ? 0.2 : scorers.get(id) === 'judge' ? 0.95 : checked),
    { cases: CASES },
  );
  return reportOf(await createRaceValidator({ runsBudget: 1_500, mode }).validate(input), 'rule');
}

it.each(['race', 'factorial'] as const)('what only pleases the judge is not promoted: %s', async (mode) => {
  const pleasing = await judge(mode, 0.2);
  expect(pleasing.logE).toBeGreaterThan(pleasing.logEThreshold);
  expect(pleasing.status).not.toBe('promoted');
  expect(pleasing.logEChecked).toBeLessThan(Math.log(20));
  const helping = await judge(mode, 0.95);
  expect(helping.status).toBe('promoted');
  expect(helping.logEChecked).toBeGreaterThanOrEqual(Math.log(20));
});

import { expect, it } from 'vitest';
import { flatWorld, reportOf } from './flat-world.testing.ts';
import type { RaceOptions } from './race-options.ts';
import { createRaceValidator } from './race.ts';
import { simulatedCase, simulatedRule } from './simulated-world.testing.ts';
import type { CandidateReport } from './validator.ts';

const cases = Array.from({ length: 80 }, (_, i) =>
  simulatedCase(`case-${i}`, { tags: [i % 2 === 0 ? 'payments' : 'orders'] }),
);
const isPayment = (caseId: string): boolean => Number(caseId.slice(5)) % 2 === 0;

async function judge(inPayments: number, options: Partial<RaceOptions>): Promise<CandidateReport> {
  const { input } = flatWorld(
    ['r'],
    (rules, caseId) => (rules.size === 0 ? 0.5 : isPayment(caseId) ? inPayments : 0.95),
    { cases },
  );
  return reportOf(await createRaceValidator({ runsBudget: 900, ...options }).validate(input), 'r');
}

it.each(['race', 'factorial'] as const)('harm in a critical slice must be ruled out: %s', async (mode) => {
  const budget = { mode, runsBudget: 1_500 };
  const plain = await judge(0.95, { mode });
  expect(plain.status).toBe('promoted');
  const harmless = await judge(0.95, { ...budget, criticalTags: ['payments', 'nowhere'] });
  expect(harmless.status).toBe('promoted');
  expect(harmless.pairs).toBeGreaterThanOrEqual(80);
  expect(harmless.pairs).toBeGreaterThan(plain.pairs);
  const unclear = await judge(0.35, { ...budget, sliceGuard: false, criticalTags: ['payments'] });
  expect(unclear.status).not.toBe('promoted');
});

it('says what a critical slice lacks, and what a rule costs', async () => {
  const lacking = await judge(0.95, { passesMax: 1, criticalTags: ['payments'] });
  expect(lacking).toMatchObject({ status: 'inconclusive' });
  expect(lacking.reason).toContain('critical slice payments has 40 pairs, 80 are needed');

  const { input } = flatWorld([], (rules) => (rules.size > 0 ? 0.9 : 0.2), {
    candidates: [simulatedRule('dear', { tokens: 120 })],
  });
  const dear = reportOf(
    await createRaceValidator({ runsBudget: 1_200, tokensAddedMax: 100 }).validate(input),
    'dear',
  );
  expect(dear).toMatchObject({ status: 'inconclusive', tokensAdded: 120 });
  expect(dear.reason).toContain('it adds 120 tokens to a prompt, at most 100 are allowed');
  const allowed = await createRaceValidator({ runsBudget: 1_200, tokensAddedMax: 120 }).validate(input);
  expect(reportOf(allowed, 'dear').status).toBe('promoted');
});

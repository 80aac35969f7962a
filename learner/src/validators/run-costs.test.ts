import { expect, it } from 'vitest';
import { costAdded } from './compared-runs.ts';
import { flatWorld, reportOf } from './flat-world.testing.ts';
import { createRaceValidator } from './race.ts';
import type { CandidateReport } from './validator.ts';

/** A rule that helps, and with which a run costs three cents instead of one. Costs are known `late` questions later. */
async function judge(
  mode: 'race' | 'factorial',
  { costAddedMaxUsd, late = 0 }: { readonly costAddedMaxUsd?: number; readonly late?: number } = {},
): Promise<CandidateReport> {
  const { input } = flatWorld(['dear'], (rules) => (rules.has('dear') ? 0.95 : 0.3));
  const costs = new Map<string, number>();
  let questions = 0;
  const cycle = await createRaceValidator({
    runsBudget: 1_200,
    mode,
    ...(costAddedMaxUsd === undefined ? {} : { costAddedMaxUsd }),
  }).validate({
    ...input,
    trials: {
      run: async (specs, signal) => {
        const results = await input.trials.run(specs, signal);
        for (const [index, { trialId }] of results.entries())
          costs.set(trialId, specs[index]?.rules.includes('dear@1') === true ? 0.03 : 0.01);
        return results;
      },
    },
    costsOf: async (trialIds) => {
      questions += 1;
      const known = questions > late ? trialIds : [];
      return new Map(known.map((id) => [id, costs.get(id) ?? 0]));
    },
  });
  return reportOf(cycle, 'dear');
}

it.each(['race', 'factorial'] as const)(
  'a rule that makes runs too dear is not promoted: %s',
  async (mode) => {
    expect((await judge(mode)).status).toBe('promoted');
    const affordable = await judge(mode, { costAddedMaxUsd: 0.021 });
    expect(affordable.status).toBe('promoted');
    expect(affordable.costAddedUsd).toBeCloseTo(0.02);
    const tooDear = await judge(mode, { costAddedMaxUsd: 0.019 });
    expect(tooDear.status).not.toBe('promoted');
    expect(tooDear.logE).toBeGreaterThan(tooDear.logEThreshold);
  },
);

it('says what a rule lacks: its cost, or that nobody knows it', async () => {
  expect((await judge('race', { costAddedMaxUsd: 0.019 })).reason).toContain(
    'it adds 0.0200 USD to a run, at most 0.019 are allowed',
  );
  const unknown = await judge('race', { costAddedMaxUsd: 1, late: 1_000 });
  expect(unknown).toMatchObject({ status: 'inconclusive', costAddedUsd: null });
  expect(unknown.reason).toContain('what runs cost is not known yet, 20 priced ones are needed');
  expect((await judge('race', { costAddedMaxUsd: 1, late: 3 })).status).toBe('promoted');
});

it('says nothing from a few priced runs', () => {
  const runs = Array.from({ length: 20 }, (_, i) => ({ trialId: `${i}`, durationMs: 1 }));
  const costs = new Map(runs.map(({ trialId }) => [trialId, 1]));
  expect(costAdded({ with: runs, without: runs }, costs)).toBe(0);
  expect(costAdded({ with: runs, without: runs }, new Map([...costs].slice(1)))).toBeNull();
});

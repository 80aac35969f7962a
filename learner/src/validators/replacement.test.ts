import { expect, it } from 'vitest';
import { flatWorld, recorded, reportOf } from './flat-world.testing.ts';
import { createRaceValidator } from './race.ts';
import { simulatedRule } from './simulated-world.testing.ts';

const old = simulatedRule('old');
/** Contradicting rules together are a coin flip; the old one alone is wrong. */
const succeeds = (rules: ReadonlySet<string>): number =>
  rules.has('new') ? (rules.has('old') ? 0.5 : 0.95) : rules.has('old') ? 0.1 : 0.3;

it.each(['race', 'factorial'] as const)(
  'tests a rule in the place of the one it contradicts: %s',
  async (mode) => {
    const { input } = flatWorld(['new', 'other', 'old'], succeeds);
    const log = recorded(input.trials);
    const report = await createRaceValidator({ runsBudget: 900, confirmRuns: 64, mode }).validate({
      ...input,
      ...log,
      candidates: input.candidates.filter(({ id }) => id !== 'old'),
      incumbents: [old],
      replaces: ({ id }) => (id === 'new' ? old : undefined),
    });
    expect(reportOf(report, 'new')).toMatchObject({ status: 'promoted', replaces: 'old@1' });
    expect(reportOf(report, 'other')).toMatchObject({ replaces: null });
    const specs = log.calls.flat();
    expect(specs.filter(({ rules }) => rules.includes('new@1') && rules.includes('old@1'))).toEqual([]);
    const confirming = specs.filter(({ place }) => place?.phase === 'confirmation');
    expect(new Set(confirming.map(({ purpose, rules }) => `${purpose} ${rules.join()}`))).toEqual(
      new Set(['baseline old@1', 'treatment new@1']),
    );
    expect(reportOf(report, 'new').lift.confirmed).toBeGreaterThan(0.5);
  },
);

it('is asked about rules in force only', async () => {
  const { input } = flatWorld(['new'], succeeds);
  const report = await createRaceValidator({ runsBudget: 100 }).validate({ ...input, replaces: () => old });
  expect(reportOf(report, 'new')).toMatchObject({ replaces: null });
});

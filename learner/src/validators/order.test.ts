import { expect, it } from 'vitest';
import { flatWorld, recorded } from './flat-world.testing.ts';
import { createRaceValidator } from './race.ts';
import type { RaceOptions } from './race-options.ts';
import { simulate, simulatedCase, simulatedRule } from './simulated-world.testing.ts';

const TEXTS = ['lowers it', 'does nothing', 'helps much', 'helps', 'is of no use', 'helps a little'];
const EFFECTS = [-0.4, 0, 0.6, 0.4, 0, 0.25];
const cases = Array.from({ length: 60 }, (_, i) => simulatedCase(`case-${i}`));

/** Every text has another name in every list. */
async function findings(
  texts: readonly string[],
  name: string,
  options: Partial<RaceOptions>,
): Promise<unknown> {
  const candidates = texts.map((content, i) =>
    simulatedRule(`${name}-${i}`, { content, appliesWhen: content }),
  );
  const { input } = simulate({
    seed: 'named',
    candidates,
    cases,
    triggers: ({ content }, caseId) => (Number(caseId.slice(5)) + TEXTS.indexOf(content)) % 3 > 0,
    succeeds: (_, rules) =>
      rules.reduce((p, { content }) => {
        const effect = EFFECTS[TEXTS.indexOf(content)] ?? 0;
        return effect > 0 ? p + (1 - p) * effect : p * (1 + effect);
      }, 0.4),
  });
  const report = await createRaceValidator({ runsBudget: 900, confirmRuns: 128, ...options }).validate(input);
  const textOf = new Map(candidates.map(({ id, content }) => [id, content]));
  return report.reports
    .map(({ ruleId, incumbentHash: _names, yieldsTo, ...numbers }) => ({
      text: textOf.get(ruleId) ?? '',
      yields: yieldsTo !== null,
      ...numbers,
    }))
    .toSorted((a, b) => (a.text < b.text ? -1 : 1));
}

it.each(['race', 'factorial'] as const)(
  'neither names nor the order of the candidates change what a cycle finds: %s',
  async (mode) => {
    const given = await findings(TEXTS, 'a', { mode });
    expect(given).toEqual(await findings(TEXTS.toReversed(), 'zz', { mode }));
    expect(JSON.stringify(given)).toContain('promoted');
  },
);

it('pays for a baseline only where nobody who may use it has one', async () => {
  const { input } = flatWorld(['helps', 'idle', 'other'], (rules) => (rules.has('helps') ? 0.9 : 0.1));
  const log = recorded(input.trials);
  await createRaceValidator({ runsBudget: 600, mde: 0.9 }).validate({ ...input, ...log });
  const places = log.calls.flat().flatMap(({ caseId, place }) => (place ? [{ caseId, ...place }] : []));
  // The text that the promoted rule makes: both others start over there.
  const restarted = places.filter(({ block, period }) => period === 1 || block !== places[0]?.block);
  const byCase = Map.groupBy(restarted, ({ caseId, block }) => `${caseId} ${block}`);
  expect(byCase.size).toBeGreaterThan(20);
  for (const trials of byCase.values()) {
    const of = (candidate: string): number => trials.filter((trial) => trial.candidate === candidate).length;
    expect(of('')).toBe(Math.max(of('idle@1'), of('other@1'), of('helps@1')));
  }
});

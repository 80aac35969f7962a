import { itemReference } from '@tracelore/sdk/contract';
import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import { observePair } from './evidence.ts';
import { flatWorld } from './flat-world.testing.ts';
import { resolveRace, type RaceOptions } from './race-options.ts';
import { startRace, type Race } from './race-state.ts';
import { createRaceValidator } from './race.ts';
import { simulatedCase } from './simulated-world.testing.ts';
import type { CycleReport } from './validator.ts';

const CASES = Array.from({ length: 20 }, (_, index) => simulatedCase(`case-${index}`));

function judge(
  succeeds: (rules: ReadonlySet<string>) => number,
  options: Partial<RaceOptions> = {},
): Promise<CycleReport> {
  const { input } = flatWorld(['one', 'two'], succeeds, { cases: CASES });
  return createRaceValidator({ runsBudget: 1_000, ...options }).validate(input);
}

describe('rules that cannot stand beside each other', () => {
  it('promotes one of two that do the same, and says what the other one repeats', async () => {
    const report = await judge((rules) => (rules.size > 0 ? 1 : 0));
    const kept = report.reports.find(({ status }) => status === 'promoted');
    const left = report.reports.find(({ status }) => status === 'rejected');
    expect(left).toMatchObject({
      yieldsTo: `${kept?.ruleId}@1`,
      reason: expect.stringMatching(
        /^it behaves like rule (one|two)@1: the same outcome on \d+ of \d+ cases/,
      ),
    });
    expect(kept).toMatchObject({ yieldsTo: null });
    expect(report.behaviours).toMatchObject([
      { rules: expect.arrayContaining(['one@1', 'two@1']), relation: 'duplicate' },
    ]);
  });

  it('keeps two that fix different things', async () => {
    const report = await judge((rules) => rules.size / 2);
    expect(report.reports.map(({ status }) => status)).toEqual(['promoted', 'promoted']);
    expect(report.behaviours).toMatchObject([{ relation: 'distinct' }]);
  });

  it('says that two work against each other', async () => {
    const succeeds = (rules: ReadonlySet<string>): number =>
      rules.size === 2 ? 0.3 : rules.has('one') ? 1 : rules.has('two') ? 0.6 : 0;
    const report = await judge(succeeds, { mode: 'factorial' });
    expect(report.reports).toMatchObject([{ status: 'promoted' }, { status: 'harmful' }]);
    expect(report.behaviours).toMatchObject([{ relation: 'conflict' }]);
  });

  it.each([
    ['the better one takes the place of one that was promoted before it', 12, ['rejected', 'promoted']],
    ['a weaker one stays out', 40, ['promoted', 'rejected']],
  ] as const)('%s', async (_, pairsOfFirst, statuses) => {
    const race = await withEvidence([pairsOfFirst, 24]);
    const first = race.contenders[0];
    if (first === undefined) throw new Error('two contenders were expected');
    first.status = 'promoted';
    race.inForce = { ...race.inForce, rules: [first.rule] };
    const { input } = flatWorld(['one', 'two'], () => 0, { cases: CASES });
    await decide(race, input.render, resolveRace({ runsBudget: 1 }, 2));
    expect(race.contenders.map(({ status }) => status)).toEqual(statuses);
    const kept = race.contenders[statuses.indexOf('promoted')];
    expect(race.inForce.rules).toEqual([kept?.rule]);
    expect(race.contenders[statuses.indexOf('rejected')]?.yieldsTo).toMatchObject({
      rule: kept && itemReference(kept.rule),
      behaviour: { relation: 'conflict' },
    });
  });
});

/** Two contenders that won so many pairs each, and lost every case on which both were there. */
async function withEvidence(won: readonly number[]): Promise<Race> {
  const { input } = flatWorld(['one', 'two'], () => 0, { cases: CASES });
  const race = await startRace(input, resolveRace({ runsBudget: 1 }, 2));
  for (const [index, contender] of race.contenders.entries()) {
    for (let pair = 0; pair < (won[index] ?? 0); pair += 1)
      contender.evidence = observePair(contender.evidence, {
        caseId: `case-${pair % CASES.length}`,
        tags: [],
        difference: 1,
      });
  }
  for (const { id: caseId } of CASES)
    for (const [rules, score] of [
      [['one@1'], 1],
      [['two@1'], 1],
      [['one@1', 'two@1'], 0],
    ] as const)
      race.trials.push({ caseId, rules, score, place: { phase: 'decision', round: 0, coins: [] } });
  race.round = 1;
  return race;
}

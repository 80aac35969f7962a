import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { corroborationProblem, needsCorroboration, priorWeight } from './corroboration.ts';

const runsOf = (...principals: readonly string[]): ReadonlyMap<string, string> =>
  new Map(principals.map((principal, index) => [`run-${index}`, principal]));

describe('corroboration', () => {
  it.each([
    [[], '0 failed run(s) of 0 user(s)'],
    [['ann', 'bob'], '2 failed run(s) of 2 user(s)'],
    [['ann', 'ann', 'ann', 'ann'], 'of 1 user(s)'],
    [['ann', 'ann', 'bob'], "2 of the 3 failed runs that speak for it are one user's"],
    [['', '', '', 'ann'], '3 of the 4 failed runs'],
  ])('is missing with runs of %j', (principals, why) => {
    expect(corroborationProblem(runsOf(...principals))).toContain(why);
  });

  it.each([[['ann', 'bob', 'cy']], [['ann', 'ann', 'bob', 'bob']], [['', 'ann', 'bob']]])(
    'is there with runs of %j',
    (principals) => {
      expect(corroborationProblem(runsOf(...principals))).toBeUndefined();
    },
  );

  it('cannot be made by one principal, however many runs', () => {
    const isRefused = (own: number, others: number): boolean =>
      own <= others ||
      corroborationProblem(
        runsOf(
          ...Array.from({ length: own }, () => 'eve'),
          ...Array.from({ length: others }, (_, index) => `user-${index}`),
        ),
      ) !== undefined;
    const counts = [integer({ min: 0, max: 1_000 }), integer({ min: 0, max: 3 })] as const;
    expect(() => assert(property(...counts, isRefused))).not.toThrow();
  });

  it('is needed for what tools and users said, and for what nobody knows', () => {
    const needed = ([undefined, 'tool', 'user', 'model', 'check'] as const).map((taint) =>
      needsCorroboration(taint === undefined ? {} : { taint }),
    );
    expect(needed).toEqual([true, true, true, false, false]);
  });

  it('weighs by runs of several principals only', () => {
    expect(priorWeight(runsOf('eve', 'eve', 'eve'))).toBe(1);
    expect(priorWeight(runsOf('ann', 'bob', 'ann'))).toBeCloseTo(1 + Math.log(3));
  });
});

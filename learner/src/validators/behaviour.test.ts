import { describe, expect, it } from 'vitest';
import { compareBehaviour, type ComparedTrial } from './behaviour.ts';

const PAIR = ['a@1', 'b@1'] as const;

/** One run of each case under each rule set, with the score that it came to. */
function ran(
  cases: number,
  outcomes: Readonly<Record<string, number | null>>,
  change: { readonly round?: number; readonly coins?: readonly string[]; readonly from?: number } = {},
): ComparedTrial[] {
  const { round = 0, coins = [], from = 0 } = change;
  return Object.entries(outcomes).flatMap(([names, score]) =>
    Array.from({ length: cases }, (_, index) => ({
      caseId: `case-${from + index}`,
      rules: names === '' ? [] : names.split(' ').map((name) => `${name}@1`),
      score,
      place: { phase: 'decision' as const, round, coins },
    })),
  );
}

const compare = (trials: readonly ComparedTrial[], rounds = 9): ReturnType<typeof compareBehaviour> =>
  compareBehaviour(PAIR, trials, rounds);

describe('behaviour of two rules', () => {
  it('is the same when both change the same cases to the same outcomes', () => {
    const same = ran(8, { '': 0, a: 1, b: 1 });
    expect(compare(same)).toMatchObject({ relation: 'duplicate', changed: 8, agreeing: 8, together: 0 });
    expect(compare(ran(7, { '': 0, a: 1, b: 1 }))).toMatchObject({ relation: 'distinct', changed: 7 });
    // Where neither changes anything, nothing is learned.
    expect(compare(ran(40, { '': 1, a: 1, b: 1 }))).toMatchObject({ relation: 'distinct', changed: 0 });
    const differing = [...same, ...ran(1, { '': 0, a: 1, b: 0 }, { from: 8 })];
    expect(compare(differing)).toMatchObject({ relation: 'distinct', changed: 9, agreeing: 8 });
    const rare = [...ran(19, { '': 0, a: 1, b: 1 }), ...ran(1, { '': 0, a: 1, b: 0 }, { from: 19 })];
    expect(compare(rare)).toMatchObject({ relation: 'duplicate', changed: 20, agreeing: 19 });
  });

  it('is not the same when both together reach more', () => {
    expect(compare(ran(12, { '': 0, a: 1, b: 1, 'a b': 0 })).relation).not.toBe('duplicate');
    expect(compare(ran(12, { '': 0.5, a: 0, b: 0, 'a b': 1 }))).toMatchObject({ agreeing: 0 });
  });

  it('takes the mean of the runs of a case: one odd run does not make a difference', () => {
    const often = [0, 1, 2].flatMap((round) => ran(10, { '': 0, a: 1, b: 1 }, { round }));
    expect(compare([...often, ...ran(10, { b: 0 }, { round: 3 })])).toMatchObject({ relation: 'duplicate' });
  });

  it('is a conflict when both together are worse than the better one', () => {
    const conflict = compare(ran(10, { '': 0, a: 1, b: 0.5, 'a b': 0 }));
    expect(conflict).toMatchObject({ relation: 'conflict', together: 10 });
    expect(conflict.logEConflict).toBeGreaterThan(Math.log(20));
    expect(compare(ran(40, { '': 0, a: 1, b: 0.5, 'a b': 1 }))).toMatchObject({ relation: 'distinct' });
    expect(compare(ran(3, { '': 0, a: 1, b: 1, 'a b': 0 }))).toMatchObject({ relation: 'distinct' });
  });

  it('compares like with like: beside the same rules, on judged trials, of the rounds asked for', () => {
    const besideOthers = [...ran(10, { 'a c': 1, c: 0 }), ...ran(10, { b: 1 })];
    expect(compare(besideOthers)).toMatchObject({ changed: 0, together: 0 });
    const byChance = ran(10, { 'a c': 1, c: 0, b: 1 }, { coins: ['a@1', 'b@1', 'c@1'] });
    expect(compare(byChance)).toMatchObject({ relation: 'duplicate' });
    const inPlaces = ran(10, { old: 0, a: 1, b: 1 });
    expect(compare(inPlaces).changed).toBe(0);
    expect(compareBehaviour(PAIR, inPlaces, 9, ['old@1'])).toMatchObject({ relation: 'duplicate' });
    expect(compare(ran(10, { '': 0, a: null, b: 1 }))).toMatchObject({ changed: 0 });
    expect(compare(ran(10, { '': 0, a: 1, b: 1 }, { round: 3 }), 3)).toMatchObject({ changed: 0 });
  });
});

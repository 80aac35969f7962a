import { expect, test } from 'vitest';
import { behaviourLines } from './behaviours.ts';

const seen = { changed: 9, agreeing: 9, together: 12, logEConflict: Math.log(38) };

test('pairs that behave alike or against each other are named, the others counted', () => {
  expect(behaviourLines([])).toEqual([]);
  expect(
    behaviourLines([
      { rules: ['aaaaaaaa1@1', 'bbbbbbbb1@2'], relation: 'duplicate', ...seen },
      { rules: ['aaaaaaaa1@1', 'cccccccc1@1'], relation: 'conflict', ...seen },
      { rules: ['bbbbbbbb1@2', 'cccccccc1@1'], relation: 'distinct', ...seen },
    ]),
  ).toEqual([
    '',
    'aaaaaaaa and bbbbbbbb behave alike: the same outcome on 9 of 9 cases that either changes.',
    'aaaaaaaa and cccccccc work against each other: E = 38.0 over 12 cases run with both.',
    'Pairs of candidates that behave differently, as far as trials tell: 1.',
  ]);
});

import { expect, test } from 'vitest';
import { readDemoOptions } from './options.ts';

test('defaults, and every option', () => {
  expect(readDemoOptions([])).toMatchObject({
    seed: 1,
    rounds: 3,
    json: false,
    keep: false,
    oracle: false,
    control: undefined,
  });
  const given =
    '--seed 7 --json --keep --rounds 2 --budget 300 --repeats 2 --oracle --control shuffled-labels';
  expect(readDemoOptions(given.split(' '))).toMatchObject({
    seed: 7,
    json: true,
    keep: true,
    rounds: 2,
    runsBudget: 300,
    repeats: 2,
    oracle: true,
    control: 'shuffled-labels',
  });
});

test('refuses what it does not understand, and says what it expects', () => {
  const refusal = (args: string): string => {
    try {
      readDemoOptions(args.split(' '));
      return 'accepted';
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
  };
  expect(refusal('--seed one')).toBe('--seed: expected an integer of at least 0, got "one"');
  expect(refusal('--control magic')).toMatch(
    /expected one of shuffled-labels, renamed-vocabulary, got "magic"/,
  );
  expect(refusal('--sede 1')).toMatch(/npm run demo -- \[options\]/);
});

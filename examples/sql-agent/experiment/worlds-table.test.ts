import { describe, expect, test } from 'vitest';
import { readRow, tableText, targetsOf, type WorldRow } from './worlds-table.ts';

const ROW: WorldRow = {
  seed: 1,
  before: 0.43,
  after: 0.92,
  oracle: 0.93,
  lift: 0.49,
  interval: [0.44, 0.54],
  share: 0.98,
  promoted: { right: 9, false: 0, vague: 0 },
  runs: 2_000,
  tasks: 300,
  seconds: 40,
};

function missed(rows: readonly WorldRow[], control?: 'shuffled-labels'): readonly string[] {
  return targetsOf(rows, control)
    .filter((target) => !target.met)
    .map((target) => target.name);
}

describe('the table of worlds', () => {
  test('a row is read from a report', () => {
    const row = readRow({
      seed: 5,
      before: { accuracy: 0.4, interval: [0.3, 0.5], n: 200 },
      after: { accuracy: 0.8, interval: [0.7, 0.9], n: 200 },
      oracle: { accuracy: 0.9, interval: [0.8, 1], n: 200 },
      lift: { points: 0.4, interval: [0.3, 0.5] },
      promoted: [{ meaning: 'right' }, { meaning: 'right' }, { meaning: 'vague' }],
      runs: 500,
      runsBy: { training: 10, trials: 90, measuring: 400 },
      seconds: 12,
    });
    expect(row.share).toBeCloseTo(0.8);
    expect(row).toMatchObject({ promoted: { right: 2, false: 0, vague: 1 }, runs: 100, tasks: 200 });
    expect(() => readRow({ seed: 5 })).toThrow(/promoted/);
  });

  test('good worlds meet every target', () => {
    expect(missed([ROW, ROW])).toEqual([]);
  });

  test('each target can be missed', () => {
    const cases: [Partial<WorldRow>, RegExp][] = [
      [{ before: 0.47 }, /base accuracy/],
      [{ oracle: 0.89 }, /oracle/],
      [{ tasks: 99 }, /sealed tasks/],
      [{ lift: 0.24 }, /median lift/],
      [{ share: 0.79 }, /share/],
      [{ promoted: { right: 8, false: 1, vague: 0 } }, /false or vague/],
    ];
    for (const [change, name] of cases) {
      const rows = [1, 2].map((seed) => ({ ...ROW, seed, ...change }));
      expect(missed(rows)).toEqual([expect.stringMatching(name)]);
    }
  });

  test('one seed with a wrong rule is allowed', () => {
    expect(missed([ROW, { ...ROW, promoted: { right: 8, false: 1, vague: 0 } }])).toEqual([]);
  });

  test('a control must gain nothing', () => {
    const control = { ...ROW, oracle: null, share: null };
    expect(missed([{ ...control, lift: 0.01 }], 'shuffled-labels')).toEqual([]);
    expect(missed([{ ...control, lift: 0.2 }], 'shuffled-labels')).toHaveLength(1);
  });

  test('says that the model is simulated', () => {
    expect(tableText([ROW], targetsOf([ROW], undefined))).toMatch(/SIMULATED[\s\S]*9\/0\/0[\s\S]*met/);
  });
});

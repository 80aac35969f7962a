import { expect, test } from 'vitest';
import type { Ask } from './ask.ts';
import { runTimes } from './run-times.ts';

const EARLY = '2026-11-20 10:00:00.000000000';
const LATE = '2026-11-20 10:00:09.000000000';

/** A store that has one row of times more with each question. */
function asking(rows: readonly object[]): { ask: Ask; asked: () => number } {
  let asked = 0;
  const ask = async (): Promise<never> => {
    asked += 1;
    const answer: unknown = rows.slice(0, asked);
    return answer as never;
  };
  return { ask, asked: () => asked };
}

const ROWS = [
  { start: LATE, end: LATE, spans: '2' },
  { start: EARLY, end: EARLY, spans: '3' },
];

test('calls of one moment share a look, later ones see what has come since', async () => {
  const { ask, asked } = asking(ROWS);
  const timesOf = runTimes(ask);
  const [one, other] = await Promise.all([timesOf('p', 'r'), timesOf('p', 'r')]);
  expect(one).toEqual({ first: LATE, last: LATE, rows: 2 });
  expect(other).toBe(one);
  expect(asked()).toBe(1);
  expect(await timesOf('p', 'r')).toEqual({ first: EARLY, last: LATE, rows: 5 });
  expect(asked()).toBe(2);
});

test('runs of the same name in two projects are two', async () => {
  const { ask, asked } = asking(ROWS);
  const timesOf = runTimes(ask);
  await Promise.all([timesOf('p', 'r'), timesOf('q', 'r')]);
  expect(asked()).toBe(2);
});

test('a run without spans has no times', async () => {
  expect(await runTimes(asking([]).ask)('p', 'r')).toBeUndefined();
});

import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

test('what is gone through item by item gives way whenever a turn is over', async () => {
  let now = 0;
  const turns = new Turns(() => now);
  let others = 0;
  let other: NodeJS.Immediate | undefined;
  const next = (): void => {
    others += 1;
    other = setImmediate(next);
  };
  other = setImmediate(next);
  const seen: (readonly [number, number])[] = [];
  for await (const item of turns.through([1, 2, 3, 4, 5, 6])) {
    seen.push([item, others]);
    // Two items fill a turn.
    now += 1;
  }
  clearImmediate(other);
  expect(seen.map(([item]) => item)).toEqual([1, 2, 3, 4, 5, 6]);
  const [first, second, third, fourth, fifth] = seen.map(([, before]) => before);
  expect([first, second]).toEqual([0, 0]);
  expect(third).toBeGreaterThan(0);
  expect(fourth).toBe(third);
  expect(fifth).toBeGreaterThan(fourth ?? 0);
});

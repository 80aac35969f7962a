import { expect, it } from 'vitest';
import { Pace } from './pace.ts';

it('finds the first item that passes, and looks no further', async () => {
  const seen: number[] = [];
  const isEven = (item: number): boolean => (seen.push(item), item % 2 === 0);
  expect(await new Pace().find([1, 2, 3, 4], isEven)).toBe(2);
  expect(seen).toEqual([1, 2]);
  expect(await new Pace().find([1, 3], isEven)).toBeUndefined();
});

it('rests while it looks: whoever came meanwhile is answered before a long search ends', async () => {
  const pace = new Pace();
  let isAnswered = false;
  setImmediate(() => (isAnswered = true));
  // Each look takes a whole turn, however fast the machine is.
  const looked = pace.find([1, 2, 3], () => {
    while (!pace.isOver);
    return isAnswered;
  });
  expect(await looked).toBeGreaterThan(1);
});

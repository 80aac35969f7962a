import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { changesBetween } from './changes.ts';

const list = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 30 });

/** How often each element is in a list. */
function counts(elements: readonly number[]): Record<number, number> {
  const found: Record<number, number> = {};
  for (const element of elements) found[element] = (found[element] ?? 0) + 1;
  return found;
}

it('turns any list into any other', () => {
  fc.assert(
    fc.property(list, list, (before, after) => {
      const { removed, added } = changesBetween(before, after);
      expect(counts([...before, ...added])).toEqual(counts([...after, ...removed]));
    }),
  );
});

it('names only what changed in a long list that keeps its order', () => {
  const before = Array.from({ length: 10_000 }, (_, at) => at * 2);
  const after = [-1, ...before.filter((value) => value !== 500 && value !== 19_998)].toSpliced(
    7_000,
    0,
    7,
    9,
  );
  expect(changesBetween(before, after)).toEqual({ removed: [500, 19_998], added: [-1, 7, 9] });
});

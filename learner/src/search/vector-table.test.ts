import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dot, type Vector } from './embedder.ts';
import { VectorTable } from './vector-table.ts';

/** Over a block of rows, so that the memory grows. */
const ROWS = 1_100;
const component = fc.float({ min: -1, max: 1, noNaN: true });

function vectors(dimensions: number, count: number): fc.Arbitrary<Vector[]> {
  const one = fc.array(component, { minLength: dimensions, maxLength: dimensions });
  return fc.array(
    one.map((values) => Float32Array.from(values)),
    { minLength: count, maxLength: count },
  );
}

function distance(left: Vector, right: Vector): number {
  return left.filter((value, at) => value > 0 !== (right[at] ?? 0) > 0).length;
}

describe('VectorTable', () => {
  it.each([1, 2, 3, 4, 6, 64, 70, 256])(
    'gives the dot product to the last bit at %i dimensions',
    (dimensions) => {
      fc.assert(
        fc.property(vectors(dimensions, 5), vectors(dimensions, 1), (held, [query = new Float32Array()]) => {
          const table = new VectorTable(dimensions);
          const rows = Uint32Array.from(held, (vector) => table.add(vector)).reverse();
          expect([...table.cosines(query, rows)]).toEqual(held.map((each) => dot(query, each)).reverse());
        }),
        { numRuns: 30 },
      );
    },
  );

  it('finds the rows whose signs differ least, with all that tie at the border', () => {
    const dimensions = 70;
    const [query = new Float32Array(), ...some] =
      fc.sample(vectors(dimensions, 40), { numRuns: 1, seed: 7 })[0] ?? [];
    const table = new VectorTable(dimensions);
    const held = Array.from({ length: ROWS }, (_, at) => some[at % some.length] ?? query);
    const rows = Uint32Array.from(held, (vector) => table.add(vector));
    expect(table.size).toBe(ROWS);
    const near = table.nearestBySigns(query, rows, 100);
    const distances = held.map((vector) => distance(query, vector));
    const border = distances.toSorted((a, b) => a - b)[99] ?? 0;
    expect([...near]).toEqual([...rows].filter((row) => (distances[row] ?? 0) <= border));
    expect([...table.nearestBySigns(query, rows, ROWS + 1)]).toEqual([...rows]);
  });

  it('gives the place of a row that was removed to another one', () => {
    const table = new VectorTable(2);
    const [first, second] = [table.add(Float32Array.of(1, 0)), table.add(Float32Array.of(0, 1))];
    table.remove(first);
    expect(table.size).toBe(1);
    const third = table.add(Float32Array.of(-1, 1));
    expect(third).toBe(first);
    expect(table.size).toBe(2);
    const rows = Uint32Array.of(third, second);
    expect([...table.cosines(Float32Array.of(1, 0), rows)]).toEqual([-1, 0]);
    expect([...table.nearestBySigns(Float32Array.of(0, 1), rows, 1)]).toEqual([0, 1]);
  });

  it('refuses a vector of another embedder', () => {
    const table = new VectorTable(4);
    expect(() => table.add(new Float32Array(3))).toThrow('3 components, this table holds 4');
    expect(() => table.cosines(new Float32Array(5), new Uint32Array())).toThrow('5 components');
  });
});

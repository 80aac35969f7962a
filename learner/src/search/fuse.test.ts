import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fuse } from './fuse.ts';

interface Reference {
  readonly sections: {
    readonly rrf: {
      readonly cases: readonly {
        readonly lists: readonly (readonly string[])[];
        readonly k: number;
        readonly fused: readonly { readonly id: string; readonly score: number }[];
      }[];
    };
  };
}

const reference = JSON.parse(
  readFileSync(new URL('../stats/fixtures/statistics.json', import.meta.url), 'utf8'),
) as Reference;

describe('fuse', () => {
  it.each(reference.sections.rrf.cases)(
    'reproduces the reference values for $lists',
    ({ lists, k, fused }) => {
      const got = fuse(
        lists.map((ids) => ({ ids, weight: 1 })),
        k,
      );
      expect(got.ids).toEqual(fused.map((hit) => hit.id));
      for (const [index, { score }] of fused.entries()) expect(got.scores[index]).toBeCloseTo(score, 12);
    },
  );

  it('lets the heavier list win where two disagree', () => {
    const lists = [
      { ids: ['word'], weight: 1 },
      { ids: ['vector'], weight: 0.5 },
    ];
    expect(fuse(lists).ids).toEqual(['word', 'vector']);
  });
});

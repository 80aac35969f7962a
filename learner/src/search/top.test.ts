import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareHits, Top } from './top.ts';

const scores = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 });

it('keeps the best of any number of hits, in their order', () => {
  fc.assert(
    fc.property(scores, fc.nat({ max: 20 }), (given, limit) => {
      const hits = given.map((score, at) => ({ id: `d${(at * 7) % 61}`, score }));
      const top = new Top(limit);
      for (const { id, score } of hits) if (score >= top.scoreMin) top.add(id, score);
      expect(top.sorted()).toEqual(hits.sort(compareHits).slice(0, limit));
    }),
  );
});

import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Top } from './top.ts';

const given = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 });

it('keeps the best of any number of hits, in their order', () => {
  fc.assert(
    fc.property(given, fc.nat({ max: 20 }), (list, limit) => {
      const hits = list.map((score, at) => ({ id: `d${(at * 7) % 61}`, score }));
      const top = new Top(limit);
      for (const { id, score } of hits) if (score >= top.scoreMin) top.add(id, score);
      const best = hits.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).slice(0, limit);
      const { ids, scores } = top.take();
      expect(ids).toEqual(best.map(({ id }) => id));
      expect([...scores]).toEqual(best.map(({ score }) => score));
      expect(top.take().ids).toEqual([]);
    }),
  );
});

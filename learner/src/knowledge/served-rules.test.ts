import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { exampleRule } from '../injectors/example-rule.testing.ts';
import type { Rule } from './rule.ts';
import { ServedRules } from './served-rules.ts';

const IDS = Array.from({ length: 60 }, (_, at) => `rule-${String(at).padStart(2, '0')}`);
/** What becomes of a rule, and whether somebody asks for the list afterwards. */
const step = fc.record({
  id: fc.constantFrom(...IDS),
  becomes: fc.constantFrom('normal', 'pinned', 'gone'),
  isAsked: fc.boolean(),
});

it('lists what is in force, pinned first, then by id, however it came to be', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
      const served = new ServedRules();
      const held = new Map<string, Rule>();
      const asked: [readonly Rule[], readonly Rule[]][] = [];
      const want = (): Rule[] => {
        const sorted = [...held.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
        return [
          ...sorted.filter(({ priority }) => priority === 'pinned'),
          ...sorted.filter(({ priority }) => priority !== 'pinned'),
        ];
      };
      for (const { id, becomes, isAsked } of steps) {
        const is = becomes === 'gone' ? undefined : exampleRule(id, { id, priority: becomes });
        served.note(held.get(id), is);
        if (is === undefined) held.delete(id);
        else held.set(id, is);
        if (isAsked) asked.push([served.all(), want()]);
      }
      asked.push([served.all(), want()]);
      expect(asked.map(([got]) => got)).toEqual(asked.map(([, wanted]) => wanted));
      expect(served.all()).toBe(served.all());
    }),
  );
});

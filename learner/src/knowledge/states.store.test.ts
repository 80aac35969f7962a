import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KnowledgeBase } from './knowledge-base.ts';
import { BY_ANN, openKnowledgeStore, ruleText, type KnowledgeStore } from './knowledge-store.testing.ts';
import { isInForce } from './restore-plan.ts';
import type { Rule } from './rule.ts';

let disk: KnowledgeStore;
let projects = 0;

beforeAll(async () => {
  disk = await openKnowledgeStore();
});

afterAll(() => disk.close());

async function open(project: string): Promise<KnowledgeBase> {
  return (await disk.reopen()).of(project);
}

/** What agents are given of these rules, in any order. */
function inForce(rules: readonly Rule[]): string[] {
  return rules
    .filter(isInForce)
    .map(({ id, version, content, priority }) => `${id}@${version} ${priority} ${content}`)
    .toSorted();
}

const VERBS = ['propose', 'approve', 'deprecate', 'reject', 'edit', 'pin', 'unpin', 'validate'] as const;
const step = fc.record({ verb: fc.constantFrom(...VERBS), which: fc.nat(3) });

async function take(
  base: KnowledgeBase,
  { verb, which }: { verb: (typeof VERBS)[number]; which: number },
  at: number,
): Promise<void> {
  const content = `Divide amount ${at} by 100.`;
  const id = base.list()[which]?.id;
  if (verb === 'propose' || id === undefined) {
    await base.propose(ruleText(content), BY_ANN);
    return;
  }
  // What the lifecycle does not allow is refused and changes nothing.
  if (verb === 'edit') await base.edit(id, { content }, 'ann');
  else if (verb === 'validate') await base.validate(id, `verdict-${at}`, 'helps');
  else if (verb === 'pin' || verb === 'unpin' || verb === 'approve') await base[verb](id, 'ann');
  else await base[verb](id, 'ann', 'because');
}

test('every state can be told from the log alone and brought back, whatever happened since', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), fc.nat(), async (steps, chosen) => {
      projects += 1;
      const project = `p-${projects}`;
      const base = await open(project);
      const seen = new Map<number, string[]>([[0, []]]);
      for (const [at, one] of steps.entries()) {
        await take(base, one, at);
        seen.set(base.snapshot(), inForce(base.list()));
      }
      for (const [position, rules] of seen) expect(inForce(base.rulesAt(position))).toEqual(rules);
      const positions = [...seen.keys()];
      const position = positions[chosen % positions.length] ?? 0;
      const before = base.snapshot();
      expect(await base.restore(String(position), 'ann', 'back')).toMatchObject({ ok: true, keptBack: [] });
      expect(inForce(base.served())).toEqual(seen.get(position));
      const restarted = await open(project);
      expect(restarted.list()).toEqual(base.list());
      expect(inForce(restarted.rulesAt(before))).toEqual(seen.get(before));
      // And back again.
      expect(await restarted.restore(String(before), 'ann', 'no')).toMatchObject({ ok: true, keptBack: [] });
      expect(inForce(restarted.served())).toEqual(seen.get(before));
    }),
    { numRuns: 12 },
  );
});

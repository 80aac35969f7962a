import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore } from '@tracelore/collector/store';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newRandomId } from '../ids.ts';
import { migrateLearner } from '../store/migrate.ts';
import type { KnowledgeBase } from './knowledge-base.ts';
import { createKnowledgeLog, type KnowledgeLog } from './knowledge-log.ts';
import { openKnowledge } from './knowledge-registry.ts';
import { isInForce } from './restore-plan.ts';
import type { Rule } from './rule.ts';

let directory: string;
let store: Awaited<ReturnType<typeof openStore>>;
let log: KnowledgeLog;
let projects = 0;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'states-'));
  store = await openStore({ location: { kind: 'embedded', directory } });
  await migrateLearner(store);
  log = createKnowledgeLog(store.driver, store.database);
});

afterAll(async () => {
  await store.close();
  await rm(directory, { recursive: true });
});

async function open(project: string): Promise<KnowledgeBase> {
  return (await openKnowledge({ log, newId: newRandomId, now: () => new Date() })).of(project);
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
    const text = { kind: 'skill', content, appliesWhen: 'amounts are asked for', tags: [] } as const;
    await base.propose(text, { origin: 'human', by: 'ann', evidence: [] });
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

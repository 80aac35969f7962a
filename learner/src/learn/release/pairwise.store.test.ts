import type { Store } from '@tracelore/collector/store';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newRandomId } from '../../ids.ts';
import { createOpenAiChatModel } from '../../llm/openai-chat-model.ts';
import { startScriptedServer, type ScriptedServer } from '../../llm/scripted-server.testing.ts';
import type { PairwiseAudit } from '../../signals/pairwise-audit.ts';
import { openLoopBench, openLoopStore, type LoopBench } from '../loop-bench.testing.ts';
import { createPairwiseAudits } from './pairwise-audits.ts';

const RIGHT = '1.00';
const WRONG = '100';
const CHECKED = Array.from({ length: 30 }, (_, index) => ({
  task: `What was the revenue of shop ${index} in euros?`,
  expected: RIGHT,
}));
const COMPARED = Array.from({ length: 20 }, (_, index) => ({
  task: `What was the revenue of branch ${index} in euros?`,
  scorer: 'pairwise',
}));

let disk: { readonly store: Store; readonly remove: () => Promise<void> };
let model: ScriptedServer;
let bench: LoopBench;
let stopRunner: () => Promise<void>;

beforeAll(async () => {
  disk = await openLoopStore();
});
afterAll(() => disk.remove());
afterEach(async () => {
  await stopRunner();
  await bench.close();
  await model.close();
});

/** A rule that makes the agent right, and a judge of pairs that prefers this answer. */
async function judging(preferred: string, cases: readonly object[]): Promise<void> {
  model = await startScriptedServer(({ body }) => {
    const isFirst = new RegExp(`<answer_A \\w+>\\n${preferred}\\n`).test(body.messages[1]?.content ?? '');
    return { content: JSON.stringify({ better: isFirst ? 'A' : 'B', reason: 'It is.' }) };
  });
  const judge = createOpenAiChatModel({ model: 'm', apiKey: 'k', baseUrl: model.baseUrl, retriesMax: 0 });
  bench = await openLoopBench(disk.store, 'no model', { judge });
  const text = {
    kind: 'skill',
    content: 'Divide revenue by 100.',
    appliesWhen: 'revenue in euros',
    tags: [],
  } as const;
  await bench.base.propose(text, { origin: 'human', by: 'ann', evidence: [] });
  await bench.loop.evals.addCases(bench.project, cases);
  stopRunner = bench.startRunner((_task, knowledge) => (knowledge.includes('by 100') ? RIGHT : WRONG));
}

describe('rules proven by comparing answers', () => {
  it('wait for a person while the comparison was checked on nothing', async () => {
    await judging(RIGHT, COMPARED);
    const pass = await bench.learn({ runsBudget: 200 });
    expect(pass.promoted).toHaveLength(1);
    expect(pass.notes.join()).toContain('which nothing was checked on yet');
    expect(bench.base.list()).toMatchObject([{ status: 'validated' }]);
    // Answers that are the same cost no call.
    expect(model.seen.length).toBeGreaterThan(0);
  });

  it('come into force when the comparison agrees with checks', async () => {
    await judging(RIGHT, [...CHECKED, ...COMPARED.slice(0, 2)]);
    const pass = await bench.learn({ runsBudget: 400 });
    expect(pass.notes).toEqual([]);
    expect(bench.base.list()).toMatchObject([{ status: 'active' }]);
  });

  it('wait for a person when it does not', async () => {
    await judging(WRONG, [...CHECKED, ...COMPARED.slice(0, 2)]);
    const pass = await bench.learn({ runsBudget: 400 });
    expect(pass.promoted).toHaveLength(1);
    expect(pass.notes.join()).toMatch(/agrees with checks on 0 of \d+ pairs only/);
    expect(bench.base.list()).toMatchObject([{ status: 'validated' }]);
  });

  it('keep what the comparison was found to be worth, after a restart too, for this model alone', async () => {
    await judging(WRONG, [...CHECKED, ...COMPARED.slice(0, 2)]);
    await bench.learn({ runsBudget: 400 });
    const { store, loop, project } = bench;
    const cases = await loop.evals.listCases(project);
    const asked: string[] = [];
    /** As the next process makes it: a judge that is always right now. */
    const restarted = (name: string): Promise<PairwiseAudit> =>
      createPairwiseAudits({
        ...store,
        judge: {
          name,
          compare: (_task, [first]) => {
            asked.push(name);
            return Promise.resolve({ ok: true, preference: first === RIGHT ? 1 : 0, reason: '' });
          },
        },
        now: () => new Date(),
        newId: newRandomId,
      })(project, cases);

    const first = await restarted('m');
    expect(first).toMatchObject({ agreed: 0, mayDecide: false });
    expect(asked).toEqual([]);
    expect(await restarted('other')).toEqual({ pairs: first.pairs, agreed: first.pairs, mayDecide: true });
    expect(asked).toHaveLength(first.pairs);
    expect(await restarted('m')).toEqual(first);
  });
});

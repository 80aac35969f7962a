import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openLoopBench, openLoopStore, type LoopBench } from '../learn/loop-bench.testing.ts';

let disk: Awaited<ReturnType<typeof openLoopStore>>;
let bench: LoopBench;
let stopRunner: (() => Promise<void>) | undefined;

beforeAll(async () => {
  disk = await openLoopStore();
});

afterAll(() => disk.remove());

beforeEach(async () => {
  bench = await openLoopBench(disk.store, 'no model');
});

afterEach(async () => {
  await stopRunner?.();
  stopRunner = undefined;
  await bench.close();
});

type Finished = NonNullable<Awaited<ReturnType<LoopBench['loop']['evals']['findRun']>>>;

async function evaluated(request: Parameters<LoopBench['loop']['evals']['startRun']>[1]): Promise<Finished> {
  const { evals } = bench.loop;
  const { id } = await evals.startRun(bench.project, request);
  for (;;) {
    const run = await evals.findRun(bench.project, id.slice(0, 8));
    if (run !== undefined && run.state !== 'running') return run;
  }
}

describe('eval cases', () => {
  it('are kept with their input, told from duplicates and from contradictions, also when added at once', async () => {
    const { evals } = bench.loop;
    const value = { task: 'How many?', expected: '[1]', input: { shop: 1 }, tags: ['a'] };
    const added = await Promise.all([
      evals.addCases(bench.project, [value, { task: '' }, value, { ...value, expected: '[2]' }]),
      evals.addCases(bench.project, [value, { task: 'Who?', expected: 'Ann', agent: 'shop' }]),
    ]);
    expect(added).toMatchObject([
      {
        added: 1,
        duplicates: 1,
        rejected: [
          { index: 1, problems: expect.arrayContaining([expect.stringContaining('task')]) },
          { index: 3, problems: [expect.stringContaining('expects "[1]"')] },
        ],
      },
      { added: 1, duplicates: 1, rejected: [] },
    ]);
    expect(await evals.listCases(bench.project)).toMatchObject([
      { task: 'How many?', expected: '[1]', input: { shop: 1 }, scorer: 'json', tags: ['a'] },
      { task: 'Who?', expected: 'Ann', scorer: 'exact', agent: 'shop' },
    ]);
    expect(await evals.listCases('other')).toEqual([]);
    expect(await bench.loop.cases.count(bench.project)).toBe(2);
  });

  it('come from runs: a good output is gold, a failed one never is', async () => {
    await bench.writeRuns([
      { id: `${bench.project}-good`, input: 'How many?', output: '42', passed: true },
      { id: `${bench.project}-bad`, input: 'How much?', output: '7', passed: false },
    ]);
    const { evals } = bench.loop;
    const good = await evals.addFromTrace(bench.project, { run: `${bench.project}-good`, tags: ['t'] });
    expect(good).toMatchObject({
      task: 'How many?',
      expected: '42',
      agent: 'shop-agent',
      source: 'trace',
      sourceRunId: `${bench.project}-good`,
    });
    const bad = { run: `${bench.project}-bad` };
    await expect(evals.addFromTrace(bench.project, bad)).rejects.toThrow(/failed.*--expected/);
    const foreign = await evals.addFromTrace(bench.project, { ...bad, expected: '8', agent: '' });
    expect(foreign).toMatchObject({ expected: '8' });
    expect(foreign).not.toHaveProperty('agent');
    await expect(evals.addFromTrace(bench.project, { run: 'nothing-here' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(evals.addFromTrace(bench.project, { ...bad, expected: '8' })).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});

describe('evaluations', () => {
  it('run the agent under a fixed rule set and can be compared', async () => {
    const { evals } = bench.loop;
    const text = {
      kind: 'skill',
      content: 'The shop always has 42 items in stock.',
      appliesWhen: 'counting the items of the shop',
      tags: [],
    } as const;
    const proposed = await bench.base.propose(text, { origin: 'human', by: 'ann', evidence: [] });
    const ruleId = proposed.ok ? proposed.rule.id : '';
    await bench.base.approve(ruleId, 'ann');
    await evals.addCases(bench.project, [
      { task: 'Count the items of the shop.', expected: '42', tags: ['a'] },
      { task: 'Count the items of the shop on Sunday.', expected: '43', tags: ['b'] },
    ]);
    stopRunner = bench.startRunner((_task, knowledge) => (knowledge.includes('42') ? '42' : '43'));
    const none = await evaluated({ name: 'before', rules: 'none' });
    const active = await evaluated({ name: 'after', rules: 'active' });
    expect(none).toMatchObject({
      state: 'succeeded',
      ruleSet: 'none',
      rules: [],
      cases: 2,
      passed: 1,
      failed: 1,
      score: 0.5,
    });
    expect(active).toMatchObject({ state: 'succeeded', rules: [`${ruleId}@1`], passed: 1, failed: 1 });
    expect(await evaluated({ rules: [ruleId.slice(0, 8)], tags: ['a'] })).toMatchObject({
      cases: 1,
      passed: 1,
      ruleSet: 'list',
    });
    const comparison = await evals.compare(bench.project, none.id, active.id.slice(0, 10));
    expect(comparison).toMatchObject({
      pairs: 2,
      scoreDelta: 0,
      improvements: [{ task: 'Count the items of the shop.' }],
      regressions: [{ task: 'Count the items of the shop on Sunday.' }],
    });
    expect((await evals.listRuns(bench.project)).map(({ name }) => name)).toEqual(['', 'after', 'before']);
  });

  it('fail with advice when nobody runs the agent, and refuse what cannot be run', async () => {
    await bench.close();
    bench = await openLoopBench(disk.store, 'no model', { graceMs: 1 });
    const { evals } = bench.loop;
    await expect(evals.startRun(bench.project, { rules: 'none' })).rejects.toThrow(/no eval cases/i);
    await evals.addCases(bench.project, [{ task: 'How many?', expected: '42' }]);
    await expect(evals.startRun(bench.project, { rules: ['nothing'] })).rejects.toMatchObject({
      code: 'invalid',
    });
    await expect(evals.startRun(bench.project, { rules: 'none', tags: ['x'] })).rejects.toThrow(/tag/);
    const run = await evaluated({ rules: 'none' });
    expect(run).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('registerRunner'),
      score: null,
    });
    await expect(evals.compare(bench.project, run.id, 'nothing')).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { recordOutcome } from '@tracelore/sdk';
import { afterEach, describe, expect, it } from 'vitest';
import { hybridInjector } from '../injectors/injector.ts';
import { createDeterministicJudge } from '../signals/deterministic-checks.ts';
import type { CandidateFix } from './candidate-fix.ts';
import { openEngineBench, type EngineBench } from './engine-bench.testing.ts';
import { answerOrder, CENTS_RULE, orderAnswer, ordersScript, orderTask } from './engine-world.testing.ts';
import type { Engine } from './engine.ts';
import { humanInLoopValidator } from './engine-validator.ts';

const benches: EngineBench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0).toReversed()) await bench.close();
});

async function open(...args: Parameters<typeof openEngineBench>): Promise<EngineBench> {
  const bench = await openEngineBench(...args);
  benches.push(bench);
  return bench;
}

function orderAgent(engine: Engine): (task: string) => Promise<string> {
  return engine.trace(async function ask(task: string) {
    return answerOrder(task, await engine.getKnowledge(task));
  });
}

const runs = (agent: (task: string) => Promise<string>, count: number): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, (_, at) => agent(orderTask(at + 1))));

describe('an engine', () => {
  it('traces, learns, proves and gives back what it learned', async () => {
    const { engine } = await open(ordersScript, { requireHumanApproval: false });
    const agent = orderAgent(engine);
    await runs(agent, 6);
    for (let order = 101; order <= 125; order += 1)
      await engine.eval.add({
        taskInput: orderTask(order),
        expectedOutput: orderAnswer(order),
        tags: ['orders'],
      });
    const before = await engine.evaluate((task) => agent(task), { name: 'before' });
    expect(before).toMatchObject({
      totalCases: 25,
      passed: 0,
      tagStats: { orders: { total: 25, accuracy: 0 } },
    });
    await engine.setAgentRunner((task) => agent(task));
    const report = await engine.learn();
    expect(report).toMatchObject({
      tracesAnalyzed: 6,
      candidatesGenerated: 1,
      candidatesValidated: 1,
      candidatesPromoted: 1,
      candidatesRejected: 0,
      knowledgeDeprecated: 0,
      details: [{ action: 'promoted' }],
    });
    expect(report.totalCostUsd).toBeGreaterThan(0);
    expect(await engine.getKnowledge(orderTask(3))).toContain(CENTS_RULE);
    expect(await agent(orderTask(200))).toBe('14 EUR');
    const after = await engine.evaluate((task) => agent(task), { name: 'after', tags: ['orders'] });
    expect(after).toMatchObject({ totalCases: 25, passed: 25, accuracy: 1, avgScore: 1, unjudged: 0 });
    const compared = await engine.compareEvalRuns(before.runId, after.runId.slice(0, 8));
    expect(compared).toMatchObject({ accuracyDelta: 1, regressions: [] });
    expect(compared.improvements).toHaveLength(25);
    expect(await engine.status()).toMatchObject({ tracesTotal: 7, knowledgeActive: 1, evalCases: 25 });
  });

  it('leaves lessons to a person: the callback decides, and is told what speaks for them', async () => {
    const asked: CandidateFix[] = [];
    const { engine } = await open(ordersScript, {
      validator: humanInLoopValidator(),
      approvalCallback: (candidate) => asked.push(candidate) > 0,
    });
    const agent = orderAgent(engine);
    await runs(agent, 4);
    expect(await engine.learn({ maxFixes: 1 })).toMatchObject({
      candidatesPromoted: 1,
      candidatesWaiting: 0,
    });
    expect(asked).toMatchObject([{ content: CENTS_RULE, confidence: null, fixType: 'skill' }]);
    expect(asked[0]?.sourceTraceIds.length).toBeGreaterThan(0);
    expect(await agent(orderTask(1))).toBe('0.07 EUR');
  });

  it('measures what knowledge changes, against the units that get none', async () => {
    const { engine } = await open(ordersScript, { controlPercentage: 0.5 });
    expect(await engine.injectionLift()).toMatchObject({
      treatmentCount: 0,
      recommendation: 'Not enough data. Need both treatment and control traces.',
    });
    const { imported } = await engine.knowledge.import([
      { fix_type: 'skill', content: CENTS_RULE, applies_when: 'the amount of an order is asked for' },
    ]);
    await engine.knowledge.approve(imported[0] ?? '');
    const agent = engine.trace(async (task: string) => {
      const answer = answerOrder(task, await engine.getKnowledge(task));
      recordOutcome({ passed: answer === orderAnswer(7), source: 'check' });
      return answer;
    });
    await Promise.all(Array.from({ length: 60 }, () => agent(orderTask(7))));
    const lift = await engine.injectionLift();
    expect(lift.treatmentCount + lift.controlCount).toBe(60);
    expect(lift).toMatchObject({ treatmentAvg: 1, controlAvg: 0, lift: 1, significant: true });
    expect(lift.recommendation).toBe('Knowledge injection is helping');
  });

  it('gives an index, and the rule behind a line of it', async () => {
    const { engine } = await open(ordersScript, { injector: hybridInjector() });
    await engine.knowledge.import([
      { fix_type: 'skill', content: CENTS_RULE, applies_when: 'the amount of an order is asked for' },
    ]);
    const [item] = await engine.knowledge.list();
    await engine.knowledge.approve(item?.itemId ?? '');
    const agent = engine.trace(async (task: string) => {
      const index = await engine.getKnowledge(task);
      const id = /\] ([0-9a-f]{8})/.exec(index)?.[1] ?? '';
      return answerOrder(task, engine.recallKnowledge(id));
    });
    expect(await agent(orderTask(5))).toBe('0.35 EUR');
  });

  it('takes cases from files, records, good runs and the model, and scorers that are functions', async () => {
    const { engine, directory } = await open(ordersScript);
    const file = path.join(directory, 'cases.csv');
    writeFileSync(file, 'task_input,expected_output,tags\nwho?,Ann,"people, easy"\n,lost,\n');
    expect(await engine.eval.importCsv(file)).toBe(1);
    expect(
      await engine.eval.importRecords([
        { task_input: 'when?', expected_output: 'May', tags: 'dates' },
        { task_input: ' ' },
      ]),
    ).toBe(1);
    await engine.eval.add({ taskInput: 'open?', scorer: (output) => (output === 'yes' ? 1 : 0) });
    const good = engine.trace(async (task: string) => {
      recordOutcome({ score: 0.9, source: 'feedback' });
      return await Promise.resolve(`fine: ${task}`);
    });
    await good('How is the weather in Rome?');
    expect(await engine.eval.promoteFromTraces()).toBe(1);
    expect(await engine.eval.promoteFromTraces()).toBe(0);
    expect(await engine.eval.generateSynthetic({ count: 2 })).toBe(2);
    const pattern = 'amounts in cents';
    expect(await engine.eval.generateFromFailures(pattern, { count: 1 })).toBe(1);
    expect(await engine.eval.generateFromFailures(pattern, { count: 1 })).toBe(0);
    expect(await engine.eval.list({ tags: [pattern] })).toMatchObject([
      { source: 'failure_targeted', expectedOutput: null, tags: ['failure_targeted', pattern, 'easy'] },
    ]);
    expect(await engine.eval.count()).toBe(7);
    expect((await engine.eval.list()).map(({ source }) => source).sort()).toEqual([
      'auto_promoted',
      'csv_import',
      'dict_import',
      'failure_targeted',
      'manual',
      'synthetic',
      'synthetic',
    ]);
    const report = await engine.evaluate((task) => (task === 'open?' ? 'yes' : 'Ann, I think'), {
      scorer: (output, task) => (task === 'when?' && output.startsWith('Ann') ? 0.25 : 0.5),
    });
    const scores = new Map(report.results.map(({ taskInput, score }) => [taskInput, score]));
    // The case's own function, then the run's; without either what was expected, then the judge.
    expect([scores.get('open?'), scores.get('when?'), scores.get('who?')]).toEqual([1, 0.25, 0.5]);
    const plain = await engine.evaluate(() => 'Ann, I think', { tags: ['people'] });
    expect(plain.results).toMatchObject([{ score: 0.8, passed: true }]);
  });

  it('judges with the signal it was given, also cases without an answer', async () => {
    const { engine, model } = await open(ordersScript, { signal: createDeterministicJudge() });
    await engine.eval.add({ taskInput: 'a?' });
    const report = await engine.evaluate(() => '');
    expect(report.results).toMatchObject([{ score: 0 }]);
    // What no check refutes nobody can call right: no score, instead of one half.
    expect((await engine.evaluate(() => 'something')).results).toMatchObject([
      { score: null, passed: false },
    ]);
    expect(model.seen).toEqual([]);
  });

  it('keeps everything in its directory: the next engine goes on', async () => {
    const first = await open(ordersScript);
    const { imported } = await first.engine.knowledge.import([
      { fix_type: 'skill', content: CENTS_RULE, applies_when: 'the amount of an order is asked for' },
    ]);
    await first.engine.knowledge.approve(imported[0] ?? '');
    await orderAgent(first.engine)(orderTask(1));
    // Not flushed: closing finishes what was accepted.
    await first.engine.close();
    const { engine } = await open(ordersScript, { store: path.join(first.directory, 'data') });
    expect(await engine.status()).toMatchObject({ tracesTotal: 1, knowledgeActive: 1 });
    expect(await orderAgent(engine)(orderTask(2))).toBe('0.14 EUR');
  });

  it('is given up with what to do: directories in use, wrong settings, unknown ids', async () => {
    const { engine, directory } = await open(ordersScript);
    await expect(openEngineBench(ordersScript, { store: path.join(directory, 'data') })).rejects.toThrow(
      'open in another engine of this process',
    );
    await expect(open(ordersScript, { controlPercentage: 0.9 })).rejects.toThrow('holdoutGlobal');
    await expect(engine.knowledge.show('ffff')).rejects.toMatchObject({ code: 'not_found' });
    await expect(engine.compareEvalRuns('a', 'b')).rejects.toMatchObject({ code: 'not_found' });
    await expect(engine.blameAnalysis('nothing')).rejects.toMatchObject({ code: 'not_found' });
    await expect(engine.learn({ maxFixes: 0 })).rejects.toMatchObject({ code: 'invalid' });
    await expect(engine.eval.generateSynthetic({ count: 0 })).rejects.toMatchObject({ code: 'invalid' });
  });
});

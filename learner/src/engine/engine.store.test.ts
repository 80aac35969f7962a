import { afterEach, describe, expect, it } from 'vitest';
import { openEngineBench, verdict, type EngineBench, type Script } from './engine-bench.testing.ts';

const benches: EngineBench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0).toReversed()) await bench.close();
});

async function open(...args: Parameters<typeof openEngineBench>): Promise<EngineBench> {
  const bench = await openEngineBench(...args);
  benches.push(bench);
  return bench;
}

/** The convention that the agent of these tests does not know by itself. */
const RULE = 'Order amounts are stored in cents: divide them by 100 and write EUR behind them.';
const LESSON = {
  kind: 'skill',
  content: RULE,
  appliesWhen: 'a question asks for the amount of an order',
  because: 'the answers are a hundred times too high',
};

/** Answers right exactly when it is told the convention. */
function answer(task: string, knowledge: string): string {
  const amount = Number(/order (\d+)/.exec(task)?.[1] ?? 0) * 7;
  return knowledge.includes('divide them by 100') ? `${amount / 100} EUR` : `${amount} EUR of order amounts`;
}

const rightAnswer = (order: number): string => `${(order * 7) / 100} EUR`;
const taskOf = (order: number): string => `What is the amount of order ${order}?`;

/** Judges answers by the convention and proposes it from the first failed run that it is shown. */
const script: Script = (schema, { body }) => {
  const user = body.messages[1]?.content ?? '';
  if (schema === 'verdict') return verdict(/EUR of order amounts/.test(user) ? 0.1 : 0.95);
  if (schema === 'lessons') {
    const quote = /(\d+ EUR of order amounts)/.exec(user)?.[1] ?? '';
    const lesson = { ...LESSON, evidence: [{ span: 'S1', field: 'output', quote }] };
    return { content: JSON.stringify({ lessons: [lesson] }) };
  }
  return { status: 400 };
};

describe('an engine', () => {
  it('traces, learns, proves and gives back what it learned', async () => {
    const { engine } = await open(script, { requireHumanApproval: false });
    const agent = engine.trace(async function ask(task: string) {
      return answer(task, await engine.getKnowledge(task));
    });
    await Promise.all(Array.from({ length: 6 }, (_, at) => agent(taskOf(at + 1))));
    for (let order = 1; order <= 25; order += 1)
      await engine.eval.add({ taskInput: taskOf(100 + order), expectedOutput: rightAnswer(100 + order) });
    await engine.setAgentRunner((task) => agent(task));
    const report = await engine.learn();
    expect(report).toMatchObject({
      tracesAnalyzed: 6,
      candidatesGenerated: 1,
      candidatesPromoted: 1,
      candidatesRejected: 0,
      details: [{ action: 'promoted' }],
    });
    expect(report.totalCostUsd).toBeGreaterThan(0);
    const text = await engine.getKnowledge(taskOf(3));
    expect(text).toContain(RULE);
    expect(await agent(taskOf(200))).toBe('14 EUR');
    const after = await engine.evaluate((task) => agent(task), { name: 'after' });
    expect(after).toMatchObject({ totalCases: 25, passed: 25, accuracy: 1, avgScore: 1, unjudged: 0 });
    // Trials are no traces: six failed runs and one good one.
    expect(await engine.status()).toMatchObject({ tracesTotal: 7, knowledgeActive: 1, evalCases: 25 });
  });
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { openLoopBench, openLoopStore, type RunDraft } from '../loop-bench.testing.ts';

const LESSON = 'Amounts are stored in cents: divide revenue by 100 to get euros.';
const CASES = Array.from({ length: 40 }, (_, index) => ({
  task: `What was the revenue of shop ${index + 100} in euros?`,
  expected: `${index + 100}.00`,
}));

function agent(task: string, knowledge: string): string {
  const cents = Number(/\d+/.exec(task)?.[0]) * 100;
  return knowledge.includes('by 100 ') ? (cents / 100).toFixed(2) : `${cents}`;
}

/** A failed run whose tool returned the words that the lesson is taken from. */
const failed = (id: string, user: string): RunDraft => ({
  id,
  user,
  input: `What was the revenue of shop ${id} in euros?`,
  output: '1200',
  passed: false,
  toolOutput: 'column amount: integer, stored in cents',
});

const answer = (prompt: string): { content: string } => {
  const spans = [...prompt.matchAll(/<span label="(S\d+)" kind="tool"/g)].map((match) => match[1] ?? '');
  const evidence = spans.map((span) => ({ span, field: 'output', quote: 'integer, stored in cents' }));
  const lesson = { kind: 'skill', content: LESSON, appliesWhen: 'a question asks for revenue', because: '' };
  return { content: JSON.stringify({ lessons: [{ ...lesson, evidence }] }) };
};

let disk: Awaited<ReturnType<typeof openLoopStore>>;
beforeAll(async () => {
  disk = await openLoopStore();
});
afterAll(() => disk.remove());

it('gives no agent what the words of one user taught; once others fail in the same way it is tested and proven', async () => {
  const bench = await openLoopBench(disk.store, ({ body }) => answer(body.messages[1]?.content ?? ''), {
    isKeyless: () => false,
  });
  await bench.loop.evals.addCases(bench.project, CASES);
  const stopRunner = bench.startRunner(agent);
  await bench.writeRuns(Array.from({ length: 8 }, (_, index) => failed(`eve-${index}`, 'eve')));
  const alone = await bench.learn({ runsBudget: 400, seed: 'one' });
  expect(alone).toMatchObject({ candidates: 1, cycleId: '', validation: null });
  expect(alone.notes.join()).toContain('wait for more independent runs');
  const [rule] = bench.base.list();
  expect(rule).toMatchObject({ status: 'candidate', quarantined: false });
  const principals = new Set(rule?.provenance.evidence.map(({ principal }) => principal));
  expect([...principals]).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);

  await bench.writeRuns(
    ['ann', 'bob', 'cy', 'dee', 'ed', 'flo', 'gus', 'hal'].map((user) => failed(`${user}-0`, user)),
  );
  const together = await bench.learn({ runsBudget: 400, seed: 'one' });
  expect(together).toMatchObject({ supported: 2, promoted: [rule?.id] });
  expect(bench.base.served()).toMatchObject([{ content: LESSON }]);
  // What is sealed never reaches an analyzer: neither the cases, nor the runs of their trials.
  const prompts = bench.model.seen.map(({ body }) => JSON.stringify(body.messages)).join();
  for (const { task, expected } of CASES) {
    expect(prompts).not.toContain(task);
    expect(prompts).not.toContain(expected);
  }
  await stopRunner();
  await bench.close();
});

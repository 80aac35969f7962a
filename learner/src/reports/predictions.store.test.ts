import { afterAll, beforeAll, expect, it } from 'vitest';
import { openLoopBench, openLoopStore, type LoopBench, type RunDraft } from '../learn/loop-bench.testing.ts';
import { createPredictionReader } from './prediction-reader.ts';
import { reportPredictions, type PredictionReport, type ScoredPrediction } from './prediction-report.ts';

const CONTENT = 'Amounts are stored in cents: divide revenue by 100 to get euros.';
const COMMENT = 'expected 12.00 euros, got 1200';

const failed = (id: string, change: Partial<RunDraft> = {}): RunDraft => ({
  id,
  input: `What was the revenue of shop ${id} in euros?`,
  output: '1200',
  passed: false,
  comment: COMMENT,
  ...change,
});
const passed = (id: string, change: Partial<RunDraft> = {}): RunDraft =>
  failed(id, { passed: true, comment: '', ...change });

let disk: Awaited<ReturnType<typeof openLoopStore>>;
let bench: LoopBench;
/** Questions that the analyzer was asked. */
const asked: string[] = [];

beforeAll(async () => {
  disk = await openLoopStore();
  bench = await openLoopBench(disk.store, ({ body }) => {
    const prompt = body.messages[1]?.content ?? '';
    asked.push(prompt);
    const lesson = {
      kind: 'skill',
      content: CONTENT,
      appliesWhen: 'a question asks for the revenue of a shop in euros',
      because: 'the results are 100 times too high',
      evidence: [{ span: 'S1', field: 'outcome', quote: COMMENT }],
      predicted: { fixes: ['F1', 'F2', 'F9'], risks: ['small', 'large', 'nowhere'] },
    };
    return { content: JSON.stringify({ lessons: prompt.includes(COMMENT) ? [lesson] : [] }) };
  });
});

afterAll(async () => {
  await bench.close();
  await disk.remove();
});

async function report(): Promise<PredictionReport> {
  return reportPredictions({
    base: bench.base,
    verdictOf: (project, ruleId) => bench.loop.verdicts.verdictOf(project, ruleId),
    read: createPredictionReader(bench.store),
  });
}

it('what a lesson predicts is stored, scored by its trials, and counted in production', async () => {
  const crashed = failed('crash', { error: 'database is locked', comment: 'it crashed' });
  await bench.writeRuns([...Array.from({ length: 4 }, (_, index) => failed(`f${index}`)), crashed]);
  await bench.loop.evals.addCases(
    bench.project,
    Array.from({ length: 60 }, (_, index) => ({
      task: `What was the revenue of shop ${index + 100} in euros?`,
      expected: '1.00',
      tags: [index % 2 === 0 ? 'small' : 'large'],
    })),
  );
  const stop = bench.startRunner((_task, knowledge) => (knowledge.includes('divide') ? '1.00' : '100'));
  const pass = await bench.learn({ runsBudget: 400, seed: 'one' });
  expect(pass).toMatchObject({ state: 'succeeded', candidates: 1 });
  expect(pass.promoted).toHaveLength(1);

  // The analyzer was told what it can name, and nothing of the cases but their tags.
  expect(asked[0]).toContain('<failure label="F1" runs="4">wrong_value</failure>');
  expect(asked[0]).toContain('<failure label="F2" runs="1">agent answer failed: Error</failure>');
  expect(asked[0]).toContain('<slice>large</slice>\n<slice>small</slice>');
  expect(asked.join('')).not.toContain('shop 100');

  const rule = bench.base.list().find(({ id }) => id === pass.promoted[0]);
  const { predicted, signature = '' } = rule?.provenance ?? {};
  expect(predicted).toEqual({ fixes: [signature, expect.any(String)], risks: ['large', 'small'] });
  const { rules, fixes, risks } = await report();
  expect(rules).toHaveLength(1);
  expect(rules[0]?.fixes).toMatchObject([
    { name: signature, validation: 'came_true' },
    { validation: 'unknown' },
  ]);
  expect([fixes, risks]).toEqual([
    { came_true: 1, did_not: 0, unknown: 1 },
    { came_true: 0, did_not: 2, unknown: 0, missed: 0 },
  ]);

  // Production: the rule is given to four runs, one fails in the old way and one in another; two go without it.
  const given = [`${rule?.id}@1`];
  const inService = [
    failed('g0', { given, tags: ['small'] }),
    failed('g1', { given, error: 'database is locked' }),
    passed('g2', { given, tags: ['small', 'large'] }),
    passed('g3', { given }),
    failed('n0', { tags: ['small'] }),
    passed('n1'),
  ];
  await bench.writeRuns(inService.map((run) => ({ ...run, ageMs: 0 })));
  // A pass says of what kind failures are.
  await bench.learn({ validates: false });
  await stop();
  const [since] = (await report()).rules;
  const counts = (predictions: readonly ScoredPrediction[] = []): unknown[] =>
    predictions.map(({ production }) => [production?.given, production?.notGiven]);
  expect(counts(since?.fixes)).toEqual([
    [
      { runs: 4, failed: 1 },
      { runs: 2, failed: 1 },
    ],
    [
      { runs: 4, failed: 1 },
      { runs: 2, failed: 0 },
    ],
  ]);
  expect(counts(since?.risks)).toEqual([
    [
      { runs: 1, failed: 0 },
      { runs: 0, failed: 0 },
    ],
    [
      { runs: 2, failed: 1 },
      { runs: 1, failed: 1 },
    ],
  ]);
});

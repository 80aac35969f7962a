import type { Store } from '@tracelore/collector/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLoopBench, openLoopStore, type LoopBench, type RunDraft } from './loop-bench.testing.ts';

const RULE = 'Amounts are stored in cents: divide revenue by 100 to get euros.';
const FAILED: readonly RunDraft[] = Array.from({ length: 6 }, (_, index) => ({
  id: `failed-${index}`,
  input: `What was the revenue of shop ${index} in euros?`,
  output: `${index + 10}00`,
  passed: false,
  comment: 'expected 10.00 euros, got 1000',
}));
const CASES = Array.from({ length: 20 }, (_, index) => ({
  task: `What was the revenue of shop ${index + 100} in euros?`,
  expected: '1.00',
}));
/** What a pass writes, in about this order. */
const TABLES = [
  'learn_passes',
  'evidence_quotes',
  'knowledge_log',
  'rule_support',
  'analyses',
  'trials',
  'cycles',
  'candidate_reports',
] as const;

let disk: Awaited<ReturnType<typeof openLoopStore>>;

beforeAll(async () => {
  disk = await openLoopStore();
});

afterAll(() => disk.remove());

/** The store as a process sees it that is killed at an insert: nothing is written from then on. */
function dying(store: Store, isLast: (table: string) => boolean): Store {
  let isDead = false;
  const { driver } = store;
  return {
    ...store,
    driver: {
      ...driver,
      query: (sql, options) => driver.query(sql, options),
      insert: async (rows) => {
        if (isDead) throw new Error('the process is gone');
        await driver.insert(rows);
        isDead = isLast(rows.table);
        if (isDead) throw new Error('the process is gone');
      },
    },
  };
}

function open(store: Store, project?: string): Promise<LoopBench> {
  const lesson = {
    kind: 'skill',
    content: RULE,
    appliesWhen: 'a question asks for the revenue of a shop in euros',
    because: 'the results are 100 times too high',
    evidence: [{ span: 'S1', field: 'outcome', quote: 'expected 10.00 euros, got 1000' }],
  };
  const answer = { content: JSON.stringify({ lessons: [lesson] }) };
  return openLoopBench(store, () => answer, project === undefined ? {} : { project });
}

async function learn(bench: LoopBench): Promise<void> {
  const stop = bench.startRunner((_task, knowledge) => (knowledge.includes('by 100') ? '1.00' : '100'));
  const { id } = await bench.loop.learning
    .start(bench.project, { runsBudget: 150, seed: 'one' })
    .catch(() => ({ id: '' }));
  if (id !== '') await bench.loop.learning.finished(bench.project);
  await stop();
}

/** `knowledge_log` is written twice: proposed; validated and activated in one. */
test.each([...TABLES.map((table) => [table, 1] as const), ['knowledge_log', 2] as const])(
  'a pass that is cut off after writing %s, time %i, is brought to the same end by the next',
  async (table, time) => {
    let times = 0;
    const first = await open(
      dying(disk.store, (name) => {
        if (name.endsWith(`.${table}`) || name === table) times += 1;
        return times === time;
      }),
    );
    await first.writeRuns(FAILED);
    await first.loop.evals.addCases(first.project, CASES);
    await learn(first);
    expect(times).toBe(time);
    await first.close().catch(() => undefined);

    const second = await open(disk.store, first.project);
    await learn(second);
    const pass = await second.loop.learning.last(second.project);
    expect(pass).toMatchObject({ state: 'succeeded', error: '' });
    expect(second.base.list()).toMatchObject([{ content: RULE, status: 'active' }]);
    const events = second.base.history(second.base.list()[0]?.id ?? '').map(({ type }) => type);
    expect(events).toEqual(['proposed', 'validated', 'activated']);
    expect((await second.store.countRuns(second.project)).unanalysed).toBe(0);
    await second.close();
  },
);

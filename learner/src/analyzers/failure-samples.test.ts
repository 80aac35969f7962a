import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONTRASTS_PER_SAMPLE_MAX, FAILURES_PER_SAMPLE_MAX, sampleCluster } from './failure-samples.ts';
import { tracedRun } from './traced-run.testing.ts';
import type { TracedRun } from './traced-run.ts';

const run = (id: string, input: string, agent = 'sql-agent'): TracedRun =>
  tracedRun(id, { spans: [{ input }], summary: { agent } });
const sampled = async (
  runs: readonly TracedRun[],
  passed: readonly TracedRun[] = [],
): Promise<string[][]> => {
  const samples = await sampleCluster({ signature: 's', runs, priority: 1 }, passed);
  return samples.map(({ failures }) => failures.map(({ summary }) => summary.runId));
};

const topics = [
  'revenue per fiscal year',
  'customers in Berlin',
  'refunded invoices',
  'stock of spare parts',
];

describe('samples of a cluster', () => {
  it('show every run exactly once, in groups that are full but for the last', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...topics), { maxLength: 40 }), async (tasks) => {
        const runs = tasks.map((task, index) => run(`r${index}`, task));
        const groups = await sampled(runs);
        expect(groups.flat().sort()).toEqual(runs.map(({ summary }) => summary.runId).sort());
        expect(groups).toHaveLength(Math.ceil(runs.length / FAILURES_PER_SAMPLE_MAX));
      }),
    );
  });

  it('put runs about the same thing together', async () => {
    const runs = [0, 1, 2, 3].flatMap((n) =>
      topics.map((topic, t) => run(`t${t}-${n}`, `Show the ${topic}, case ${n}`)),
    );
    const groups = (await sampled(runs)).map((ids) => new Set(ids.map((id) => id.slice(0, 2))));
    expect(groups.map((topicsOfGroup) => topicsOfGroup.size)).toEqual([1, 1, 1, 1]);
  });

  it('are contrasted with the nearest passing runs of the same agent', async () => {
    const [sample] = await sampleCluster(
      { signature: 's', runs: [run('f', 'revenue per fiscal year')], priority: 1 },
      [
        run('p1', 'customers in Berlin'),
        run('p2', 'revenue per fiscal year and shop'),
        run('p3', 'revenue per fiscal year'),
        run('p4', 'revenue per fiscal year', 'other-agent'),
      ],
    );
    expect(sample?.contrasts.map(({ summary }) => summary.runId)).toEqual(['p3', 'p2']);
    expect(sample?.contrasts.length).toBeLessThanOrEqual(CONTRASTS_PER_SAMPLE_MAX);
  });
});

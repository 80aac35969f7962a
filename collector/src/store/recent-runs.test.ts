import { expect, test } from 'vitest';
import { prepareBatches } from './prepare-batches.ts';
import { RecentRuns } from './recent-runs.ts';
import { type RunHeads, spansOf } from './run-heads.ts';
import { sampleModelCall, sampleSpan } from './testing/sample-records.ts';

const LIMITS = { bytesMax: 10_000, bytesPerRunMax: 5_000 };

function heads(...runIds: string[]): RunHeads[] {
  const spans = runIds.map((runId) => sampleSpan({ runId }));
  return prepareBatches([{ spans, logs: [], outcomes: [] }]).parts.flatMap((part) => part.heads);
}

test('what was written of a run is there, by run, in order', () => {
  const recent = new RecentRuns();
  const spans = [
    sampleSpan({ runId: 'a', name: 'Grüße 👋', tags: ['x', 'y'.repeat(300)] }),
    sampleSpan({ runId: 'b' }),
    sampleModelCall({ runId: 'a', inputTokens: 7, costNanoUsd: 1_000_000_001, knowledgeSnapshot: 42 }),
    sampleSpan({ runId: 'a', project: 'other' }),
    sampleSpan({ runId: '' }),
  ];
  recent.add(
    'one',
    prepareBatches([{ spans, logs: [], outcomes: [] }]).parts.flatMap((part) => part.heads),
  );
  const found = recent.find('p', 'a')?.pieces.flatMap(spansOf);
  expect(found).toMatchObject([
    { run_id: 'a', name: 'Grüße 👋', tags: ['x', 'y'.repeat(300)], input_tokens: null, cost: null },
    {
      name: 'chat m',
      input_tokens: 7,
      cost: 1.000000001,
      knowledge_snapshot: '42',
      received: '1793620802000',
    },
  ]);
  expect(recent.find('other', 'a')?.rows).toBe(1);
  expect(recent.find('p', '')).toBeUndefined();
});

test('over its memory the run that was untouched for longest is forgotten', () => {
  const recent = new RecentRuns(LIMITS);
  const runs = Array.from({ length: 100 }, (_, index) => `run ${index}`);
  for (const run of runs) recent.add(run, heads(run));
  recent.add('again', heads('run 99'));
  expect(recent.bytes).toBeLessThanOrEqual(LIMITS.bytesMax);
  const kept = runs.filter((run) => recent.find('p', run) !== undefined);
  expect(kept.length).toBeGreaterThan(1);
  expect(kept).toEqual(runs.slice(-kept.length));
  for (const run of kept.flatMap((id) => recent.find('p', id) ?? [])) recent.forget(run);
  expect(recent.bytes).toBe(0);
});

test('a run that grows too large is forgotten, and others stay', () => {
  const recent = new RecentRuns(LIMITS);
  recent.add('other', heads('other'));
  let largest = 0;
  for (let index = 0; index < 100; index += 1) {
    recent.add(`token ${index}`, heads('large'));
    largest = Math.max(largest, recent.find('p', 'large')?.bytes ?? 0);
  }
  expect(largest).toBeGreaterThan(LIMITS.bytesPerRunMax / 2);
  expect(largest).toBeLessThanOrEqual(LIMITS.bytesPerRunMax);
  expect(recent.find('p', 'other')?.rows).toBe(1);
});

test('what is written again under its token stored nothing: its runs are not counted on', () => {
  const recent = new RecentRuns();
  recent.add('token', heads('a', 'b'));
  recent.add('other', heads('c'));
  recent.add('token', heads('a'));
  expect(recent.find('p', 'a')).toBeUndefined();
  expect([recent.find('p', 'b')?.rows, recent.find('p', 'c')?.rows]).toEqual([1, 1]);
});

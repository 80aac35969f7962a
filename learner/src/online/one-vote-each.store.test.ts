import { afterAll, beforeAll, expect, it } from 'vitest';
import { newRandomId } from '../ids.ts';
import { openLoopStore, writeRuns } from '../learn/loop-bench.testing.ts';
import { createSignalReporter } from '../signals/signal-report.ts';
import { createOutcomeRecorder } from '../store/record-outcomes.ts';
import { oneVoteEach } from './one-vote-each.ts';
import { observeUnit, startWatch } from './rule-watch.ts';
import { createUnitLedger, type Closing } from './unit-ledger.ts';
import { createUnitReader } from './unit-reader.ts';

let disk: Awaited<ReturnType<typeof openLoopStore>>;
beforeAll(async () => {
  disk = await openLoopStore();
});
afterAll(() => disk.remove());

const VOTES = 1_000;
/** Bad when the unit was given the rule, good when not: what hurts a rule most. */
const vote = (unit: string, injected: boolean = true, source: string = 'feedback'): Closing => ({
  ruleId: 'rule',
  epoch: 'e',
  fingerprint: 'f',
  unit,
  injected,
  propensity: 0.5,
  outcome: injected ? 0 : 1,
  source,
  decidedAtMs: Date.now(),
  closedAtMs: Date.now(),
});

it('lets a thousand votes of one user move nothing, and counts one of each user, over a restart too', async () => {
  const { driver, database } = disk.store;
  const project = newRandomId();
  const ids = Array.from({ length: VOTES }, (_, index) => `${project}-eve-${index}`);
  const others = ['ann', 'bob', ''].map((user) => ({ user, id: `${project}-${user}` }));
  const draft = { input: 'q', output: 'a' };
  await writeRuns(disk.store, project, [
    ...ids.map((id) => ({ ...draft, id, user: 'eve' })),
    ...others.map((run) => ({ ...draft, ...run })),
  ]);
  const ledger = createUnitLedger({ driver, database, newId: newRandomId });
  const parts = { ledger, reader: createUnitReader({ driver, database }) };

  const runs = [...ids, ...others.map(({ id }) => id)];
  const { counted, surplus } = await oneVoteEach(
    project,
    runs.map((run, index) => ({ run, closing: vote(run, index % 2 === 0) })),
    parts,
  );
  expect([counted.length, surplus.length]).toEqual([4, VOTES - 1]);
  const watch = counted.reduce((before, unit) => observeUnit(before, unit), startWatch());
  const fooled = ids.reduce(
    (before, run, index) => observeUnit(before, vote(run, index % 2 === 0)),
    startWatch(),
  );
  expect([watch.stage, fooled.stage]).toEqual(['canary', 'deprecated']);

  await ledger.append(
    project,
    counted.map((unit, index) => ({ ...unit, position: index + 1, stage: 'canary' })),
  );
  const again = await oneVoteEach(
    project,
    [
      { run: ids[0] ?? '', closing: vote('later') },
      { run: ids[1] ?? '', closing: vote('checked', true, 'check') },
    ],
    parts,
  );
  expect(again).toMatchObject({ counted: [{ unit: 'checked' }], surplus: [{ unit: 'later' }] });
});

it('audits judges by what more trusted sources said, and lets those decide that were right', async () => {
  const { driver, database } = disk.store;
  const project = newRandomId();
  const ids = Array.from({ length: 80 }, (_, index) => `${project}-${index}`);
  await writeRuns(
    disk.store,
    project,
    ids.map((id, index) => ({ id, input: 'q', output: 'a', passed: index % 2 === 0 })),
  );
  const now = (): Date => new Date();
  const signals = createSignalReporter({ driver, database, now });
  expect(await signals.report(project)).toMatchObject({
    signals: [],
    deciding: ['human', 'check', 'feedback', 'exception'],
  });
  const record = createOutcomeRecorder({
    write: (batch, token) => disk.store.write(batch, token),
    now,
    newId: newRandomId,
  });
  const judged = ids.map((run, index) => ({
    id: `judge:${run}`,
    run,
    name: 'judge',
    source: 'judge' as const,
    passed: index % 2 === 0 || index % 10 === 1,
  }));
  await record(project, judged);
  const { signals: found, deciding } = await signals.report(project);
  expect(found).toMatchObject([{ agent: 'shop-agent', source: 'judge', audited: 80, standing: 'trusted' }]);
  expect(found[0]?.specificity.mean).toBeCloseTo(33 / 42);
  expect(deciding).toContain('judge');
});

import type { EncodedRows } from '@tracelore/collector/store';
import { describe, expect, it } from 'vitest';
import { manualClock } from './clock.testing.ts';
import { createTrialLog, type TrialLog, type TrialRecord } from './trial-log.ts';

const record: TrialRecord = {
  project: 'p',
  trialId: 't',
  spec: { caseId: 'c', rules: [], purpose: 'evaluation', group: 'g' },
  result: { kind: 'void', trialId: 't', reason: 'x' },
  runner: 'w',
  attempts: 1,
  traceId: '',
  createdAt: new Date(0),
  finishedAt: new Date(0),
};

interface Bench {
  readonly log: TrialLog;
  readonly clock: ReturnType<typeof manualClock>;
  /** Rows per insert. */
  readonly inserts: number[];
  readonly store: { isBroken: boolean };
}

function bench(): Bench {
  const clock = manualClock();
  const inserts: number[] = [];
  const store = { isBroken: false };
  const refuse = (): never => {
    throw new Error('not used');
  };
  const driver = {
    query: refuse,
    stream: refuse,
    bytes: refuse,
    command: refuse,
    close: refuse,
    insert: async ({ rows }: EncodedRows) => {
      if (store.isBroken) throw new Error('disk full');
      inserts.push(rows);
    },
  };
  let ids = 0;
  const log = createTrialLog({ driver, database: 'd', clock, newId: () => `${(ids += 1)}` });
  return { log, clock, inserts, store };
}

describe('the trial log', () => {
  it('writes in groups: after a while, at once when there are many, and when asked', async () => {
    const { log, clock, inserts } = bench();
    for (let count = 0; count < 3; count += 1) log.add(record);
    clock.advance(1_000);
    await log.flush();
    expect(inserts).toEqual([3]);
    for (let count = 0; count < 1_200; count += 1) log.add(record);
    await log.flush();
    expect(inserts).toEqual([3, 500, 500, 200]);
  });

  it('keeps rows that could not be stored for the next try', async () => {
    const { log, inserts, store } = bench();
    store.isBroken = true;
    log.add(record);
    await expect(log.flush()).rejects.toThrow('disk full');
    log.add(record);
    store.isBroken = false;
    await log.flush();
    expect(inserts).toEqual([2]);
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore, StoreError, type EncodedRows, type SqlDriver } from '@tracelore/collector/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newRandomId } from '../ids.ts';
import { createRenderer } from '../injectors/renderer.ts';
import type { DecisionRecord } from '../injectors/rule-set.ts';
import { createSelector } from '../injectors/selector.ts';
import { createKnowledgeLog } from '../knowledge/knowledge-log.ts';
import { openKnowledge } from '../knowledge/knowledge-registry.ts';
import { migrateLearner } from '../store/migrate.ts';
import { createDecisionLog, type DecisionLog } from './decision-log.ts';
import { createKnowledgeServing } from './knowledge-serving.ts';

let directory: string;
let store: Awaited<ReturnType<typeof openStore>>;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'decisions-'));
  store = await openStore({ location: { kind: 'embedded', directory } });
  await migrateLearner(store);
});

afterAll(async () => {
  await store.close();
  await rm(directory, { recursive: true });
});

function logOn(driver: SqlDriver = store.driver): DecisionLog {
  return createDecisionLog({ driver, database: store.database, ids: newRandomId });
}

/** The real driver, whose inserts fail first: before or after the rows were stored. */
function failing(
  times: number,
  code: string,
  stored: 'before' | 'after',
): { driver: SqlDriver; inserts: EncodedRows[] } {
  const inserts: EncodedRows[] = [];
  const insert = async (rows: EncodedRows): Promise<void> => {
    inserts.push(rows);
    if (stored === 'before' || inserts.length > times) await store.driver.insert(rows);
    if (inserts.length <= times) throw new StoreError(code, 'scripted');
  };
  return { driver: { ...bound(store.driver), insert }, inserts };
}

function bound(driver: SqlDriver): SqlDriver {
  return {
    query: (sql, options) => driver.query(sql, options),
    stream: (sql, options) => driver.stream(sql, options),
    bytes: (sql, format, options) => driver.bytes(sql, format, options),
    command: (sql, options) => driver.command(sql, options),
    insert: (rows) => driver.insert(rows),
    close: (deadlineMs) => driver.close(deadlineMs),
  };
}

function decision(given: Partial<DecisionRecord> = {}): DecisionRecord {
  return {
    id: newRandomId(),
    project: 'shop',
    unit: 'conversation "1"',
    agent: 'sql',
    runId: 'run',
    trialId: '',
    at: '2026-11-20T10:11:12.345Z',
    snapshot: 12,
    fingerprint: 'f',
    taskHash: 'a'.repeat(64),
    arm: 'served',
    items: [
      { rule: 'r1@1', rank: 1, propensity: 1, coin: 0, injected: true, epoch: '' },
      { rule: 'r2@3', rank: 2, propensity: 0.9, coin: 0.950_000_1, injected: false, epoch: '3.17.f' },
    ],
    bestCosine: 0.512_345_678,
    ...given,
  };
}

async function countOf(unit: string): Promise<number> {
  const rows = await store.driver.query<{ found: string }>(
    `SELECT count() AS found FROM ${store.database}.decisions WHERE unit = {unit: String}`,
    { parameters: { unit } },
  );
  return Number(rows[0]?.found);
}

describe('decision log', () => {
  it.each([
    decision(),
    decision({ arm: 'abstained', items: [], bestCosine: null, agent: '', runId: '', fingerprint: '' }),
    decision({ arm: 'override', trialId: 't1', bestCosine: -0.25 }),
  ])('gives back what was recorded: $arm', async (recorded) => {
    const log = logOn();
    log.record(recorded);
    await log.flush();
    expect(log.counts()).toEqual({ stored: 1, waiting: 0, dropped: 0 });
    expect(await logOn().get('shop', recorded.id)).toEqual(recorded);
    expect(await logOn().get('other', recorded.id)).toBeUndefined();
  });

  it('finds what is not stored yet', async () => {
    const log = logOn();
    const recorded = decision();
    log.record(recorded);
    expect(log.counts().waiting).toBe(1);
    expect(await log.get('shop', recorded.id)).toEqual(recorded);
    expect(await log.get('shop', 'nothing')).toBeUndefined();
    await log.close();
  });

  it('stores many answers in few commits, without waiting for the pause when asked to flush', async () => {
    const { driver, inserts } = failing(0, '', 'after');
    const log = logOn(driver);
    for (let at = 0; at < 3_000; at++) log.record(decision({ unit: 'many' }));
    await log.flush();
    for (let at = 0; at < 3_000; at++) log.record(decision({ unit: 'many' }));
    await log.flush();
    expect(inserts.length).toBeLessThanOrEqual(2);
    expect(await countOf('many')).toBe(6_000);
    await log.close();
  });

  it('does not wait for what is recorded meanwhile', async () => {
    const log: DecisionLog = logOn({
      ...bound(store.driver),
      async insert(rows) {
        // Somebody is given an answer during every commit, but not for ever.
        if (log.counts().stored < 20) log.record(decision({ unit: 'steady' }));
        await store.driver.insert(rows);
      },
    });
    log.record(decision({ unit: 'steady' }));
    await log.flush();
    expect(log.counts()).toEqual({ stored: 1, waiting: 1, dropped: 0 });
    await log.close();
    expect(await countOf('steady')).toBe(2);
  });

  it('stores once what the store answered late for', async () => {
    const { driver, inserts } = failing(1, 'TIMEOUT_EXCEEDED', 'before');
    const log = logOn(driver);
    log.record(decision({ unit: 'late' }));
    await log.flush();
    expect(inserts.map(({ token }) => token)).toEqual([inserts[0]?.token, inserts[0]?.token]);
    expect(await countOf('late')).toBe(1);
    expect(log.counts()).toEqual({ stored: 1, waiting: 0, dropped: 0 });
  });

  it('counts what it could not store, says so, and goes on', async () => {
    const errors: number[] = [];
    const { driver } = failing(1, 'UNKNOWN_TABLE', 'after');
    const log = createDecisionLog({
      driver,
      database: store.database,
      ids: newRandomId,
      onError: (_, dropped) => errors.push(dropped),
    });
    log.record(decision({ unit: 'lost' }));
    await log.flush();
    log.record(decision({ unit: 'kept' }));
    await log.flush();
    expect(errors).toEqual([1]);
    expect(log.counts()).toEqual({ stored: 1, waiting: 0, dropped: 1 });
    expect([await countOf('lost'), await countOf('kept')]).toEqual([0, 1]);
  });

  it('drops and counts above its bound, and after it was closed', async () => {
    const log = logOn();
    for (let at = 0; at < 20_010; at++) log.record(decision({ unit: 'flood' }));
    expect(log.counts().dropped).toBe(10);
    await log.close();
    expect(log.counts()).toEqual({ stored: 20_000, waiting: 0, dropped: 10 });
    log.record(decision());
    await log.close();
    expect(log.counts()).toEqual({ stored: 20_000, waiting: 0, dropped: 11 });
  });
});

describe('serving on the real knowledge', () => {
  it('answers from approved rules and leaves a record that names them', async () => {
    const registry = await openKnowledge({
      log: createKnowledgeLog(store.driver, store.database),
      now: () => new Date(),
      newId: newRandomId,
    });
    const decisions = logOn();
    const serving = createKnowledgeServing({
      knowledge: (project) => registry.of(project),
      selector: createSelector(),
      renderer: createRenderer({ secret: 'secret' }),
      decisions,
      trialRules: () => undefined,
      holdout: { global: 0, rule: 0 },
      secret: 'secret',
      now: () => new Date(),
      ids: newRandomId,
    });
    const base = registry.of('shop');
    const proposed = await base.propose(
      {
        kind: 'skill',
        content: 'Order amounts are stored in cents: divide by 100.',
        appliesWhen: 'the question asks for revenue',
        tags: [],
      },
      { origin: 'human', by: 'ada', evidence: [] },
    );
    if (!proposed.ok) throw new Error(proposed.message);
    const task = 'What is the revenue of all orders?';
    expect(serving.get({ task }, 'shop').arm).toBe('abstained');
    await base.approve(proposed.rule.id, 'ada');
    const answer = serving.get({ task, session: 's' }, 'shop');
    expect(answer.text).toContain(': Order amounts are stored in cents: divide by 100.');
    expect(answer.snapshot).toBe(base.snapshot());
    await decisions.close();
    expect(await decisions.get('shop', answer.decision)).toMatchObject({
      arm: 'served',
      unit: 's',
      snapshot: answer.snapshot,
      items: [{ rule: `${proposed.rule.id}@1`, injected: true }],
    });
  });
});

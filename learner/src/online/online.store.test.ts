import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore, StoreError, type SqlDriver, type Store } from '@tracelore/collector/store';
import type { Outcome } from '@tracelore/sdk/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import { createKnowledgeLog } from '../knowledge/knowledge-log.ts';
import { openKnowledge, type KnowledgeRegistry } from '../knowledge/knowledge-registry.ts';
import type { Rule } from '../knowledge/rule.ts';
import { createDecisionLog } from '../serving/decision-log.ts';
import type { Treatment } from '../serving/coins.ts';
import { assignmentCoin } from '../stats/assignment-coin.ts';
import { migrateLearner } from '../store/migrate.ts';
import { createOutcomeRecorder } from '../store/record-outcomes.ts';
import { FINGERPRINT_UNITS_MIN } from './agent-fingerprints.ts';
import { createOnlineControl, type OnlineControl } from './online-control.ts';
import { storedUnits } from './stored-units.ts';
import { observeUnit, startWatch, WATCH } from './rule-watch.ts';
import { stageShares } from './stage.ts';
import type { ClosedUnit } from './stratum.ts';
import { DECISIONS_READ_MAX } from './unit-reader.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 10, 20, 12);

let directory: string;
let store: Store;
let registry: KnowledgeRegistry;
/** The service's clock, epoch ms. */
let nowMs = START_MS;
/** A project of its own for each test. */
let project = '';
let projects = 0;
let runs = 0;

/** The same ids, and so the same coins, in every run. */
let idsMade = 0;
function newId(): string {
  idsMade += 1;
  return createHash('sha256').update(`id ${idsMade}`).digest('hex').slice(0, 32);
}

const now = (): Date => new Date(nowMs);

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'online-'));
  store = await openStore({ location: { kind: 'embedded', directory } });
  await migrateLearner(store);
  const log = createKnowledgeLog(store.driver, store.database);
  registry = await openKnowledge({ log, now, newId });
});

afterAll(async () => {
  await store.close();
  await rm(directory, { recursive: true });
});

beforeEach(() => {
  projects += 1;
  project = `shop-${projects}`;
  nowMs = START_MS;
});

function controlOn(driver: SqlDriver = store.driver, holdoutGlobal = 0): OnlineControl {
  return createOnlineControl({
    ...storedUnits({ driver, database: store.database, newId }),
    knowledge: (name) => registry.of(name),
    shares: stageShares(0.1, true),
    holdoutGlobal,
    outcomeWindowMs: HOUR_MS,
    now,
  });
}

/** As after a restart: everything that was in memory is gone. */
async function restarted(driver?: SqlDriver): Promise<OnlineControl> {
  const control = controlOn(driver);
  await control.load([project]);
  return control;
}

async function release(content = 'Divide amounts by 100.'): Promise<Rule> {
  const base = registry.of(project);
  const text = { kind: 'skill', content, appliesWhen: 'amounts are asked for', tags: [] } as const;
  const proposed = await base.propose(text, { origin: 'human', by: 'ann', evidence: [] });
  if (!proposed.ok) throw new Error(proposed.message);
  const approved = await base.approve(proposed.rule.id, 'ann');
  if (!approved.ok) throw new Error(approved.message);
  return approved.rule;
}

interface Served extends ClosedUnit {
  readonly unit: string;
  readonly run: string;
}

function treatmentOf(control: OnlineControl, rule: Rule, fingerprint: string): Treatment {
  return control.treatments(project, { agent: 'a', unit: 'asking', fingerprint }).of(rule);
}

/** Serves units by the real coins, each with one run, and says what each will end like. */
async function serve(
  control: OnlineControl,
  rule: Rule,
  count: number,
  outcomeOf: (injected: boolean, at: number) => number | null,
  fingerprint = '',
): Promise<Served[]> {
  const decisions = createDecisionLog({ driver: store.driver, database: store.database, ids: newId });
  const served = Array.from({ length: count }, (_, at): Served => {
    runs += 1;
    nowMs += 1;
    const unit = `unit-${runs}`;
    const treatments = control.treatments(project, { agent: 'a', unit, fingerprint });
    const { epoch, withheld } = treatments.of(rule);
    const propensity = 1 - withheld;
    const coin = assignmentCoin({ salt: 'salt', ruleId: rule.id, epoch, unit });
    const injected = coin < propensity;
    const item = { rule: `${rule.id}@${rule.version}`, rank: 1, propensity, coin, injected, epoch };
    const names = { unit, runId: `run-${runs}`, agent: 'a', trialId: '', taskHash: '' };
    const record = { id: newId(), project, at: now().toISOString(), snapshot: 1, bestCosine: null };
    const { fingerprint: counted } = treatments;
    decisions.record({ ...record, ...names, fingerprint: counted, arm: 'served', items: [item] });
    return { unit, run: names.runId, injected, propensity, outcome: outcomeOf(injected, at) };
  });
  await decisions.close();
  return served;
}

async function judge(served: readonly Served[], source: Outcome['source'] = 'check'): Promise<void> {
  nowMs += 1_000;
  const record = createOutcomeRecorder({
    write: (batch, key) => store.write(batch, key),
    now,
    newId,
  });
  const outcomes = served.flatMap(({ run, outcome }): Outcome[] =>
    outcome === null ? [] : [{ id: `${run}:${source}`, run, name: 'outcome', source, score: outcome }],
  );
  await record(project, outcomes);
}

async function ledgerRows(): Promise<number> {
  const rows = await store.driver.query<{ n: string; distinct: string }>(
    `SELECT count() AS n, uniqExact(rule_id, epoch, unit) AS distinct
      FROM ${store.database}.online_units WHERE project = {project: String}`,
    { parameters: { project } },
  );
  expect(rows[0]?.n).toBe(rows[0]?.distinct);
  return Number(rows[0]?.n);
}

/** The real driver, whose next insert into a table fails: before or after the rows were stored. */
function failingOnce(table: string, stored: 'before' | 'after'): SqlDriver {
  let failed = false;
  const { driver } = store;
  return {
    query: (sql, options) => driver.query(sql, options),
    stream: (sql, options) => driver.stream(sql, options),
    bytes: (sql, format, options) => driver.bytes(sql, format, options),
    command: (sql, options) => driver.command(sql, options),
    close: (deadlineMs) => driver.close(deadlineMs),
    insert: async (rows) => {
      const isHit = !failed && rows.table.endsWith(table);
      if (!isHit || stored === 'after') await driver.insert(rows);
      if (!isHit) return;
      failed = true;
      throw new StoreError('scripted', 'scripted');
    },
  };
}

const harmful = (injected: boolean): number => (injected ? 0 : 1);

const byArm = (injected: boolean): number => (injected ? 0.45 : 0.55);

describe('a unit is consumed exactly once', () => {
  it('over looks, later answers of the same unit and a restart', async () => {
    const rule = await release();
    const control = controlOn();
    const served = await serve(control, rule, 30, byArm);
    await judge(served);
    await control.look(project);
    await control.look(project);
    const [view] = control.views(project, rule);
    expect(view).toMatchObject({ current: true, stage: 'canary', units: 30 });

    const again = await restarted();
    expect(again.views(project, rule)).toEqual(control.views(project, rule));
    await again.look(project);
    // An outcome that comes after the first final one changes nothing.
    await judge(
      served.map((unit) => ({ ...unit, outcome: 1 })),
      'human',
    );
    await again.look(project);
    expect(again.views(project, rule)).toEqual(control.views(project, rule));
    expect(await ledgerRows()).toBe(30);
  });

  it('and the state is what the kernel says about the same units in the same order', async () => {
    const rule = await release();
    const control = controlOn();
    let expected = startWatch();
    for (let batch = 0; batch < 3; batch += 1) {
      const served = await serve(control, rule, 40, (_, at) => (at % 3) / 2);
      await judge(served);
      await control.look(project);
      expected = served.reduce(observeUnit, expected);
    }
    const stored = await store.driver.query<{ watch: string }>(
      `SELECT watch FROM ${store.database}.online_watches FINAL WHERE project = {project: String}`,
      { parameters: { project } },
    );
    expect(stored.map(({ watch }): unknown => JSON.parse(watch))).toEqual([expected]);
  });

  it.each([
    ['the process ends between the ledger and the state', 'online_watches', 'before'],
    ['the ledger fails after it stored', 'online_units', 'after'],
    ['the ledger fails before it stored', 'online_units', 'before'],
  ] as const)('when %s', async (_what, table, stored) => {
    const rule = await release();
    const control = await restarted(failingOnce(table, stored));
    const served = await serve(control, rule, 25, byArm);
    await judge(served);
    await expect(control.look(project)).rejects.toThrow('scripted');

    const other = await restarted();
    await other.look(project);
    expect(other.views(project, rule)[0]?.units).toBe(25);
    // The one that saw the failure finds its way too.
    await control.look(project);
    const later = await serve(control, rule, 5, byArm);
    await judge(later);
    await control.look(project);
    expect(control.views(project, rule)[0]?.units).toBe(30);
    expect(await ledgerRows()).toBe(30);
    const afterwards = await restarted();
    expect(afterwards.views(project, rule)).toEqual(control.views(project, rule));
  });
});

it('a backlog longer than one reading is worked off at once, and nothing of it twice', async () => {
  const rule = await release();
  const served = await serve(controlOn(), rule, DECISIONS_READ_MAX + 300, () => 0.5);
  await judge(served);
  const control = await restarted();
  await control.look(project);
  expect(control.views(project, rule)[0]?.units).toBe(served.length);
  const again = await restarted();
  await again.look(project);
  expect(await ledgerRows()).toBe(served.length);
  expect(control.counts()).toMatchObject({ waiting: 0, dropped: 0 });
});

describe('the outcome window', () => {
  it('ends with feedback where there is some, and with a missing outcome where there is none', async () => {
    const rule = await release();
    const control = controlOn();
    const served = await serve(control, rule, 20, (_, at) => (at < 12 ? 1 : null));
    await judge(served, 'feedback');
    await control.look(project);
    expect(control.views(project, rule)[0]?.units).toBe(0);
    nowMs += HOUR_MS;
    await control.look(project);
    const [view] = control.views(project, rule);
    expect(view).toMatchObject({ units: 20, with: { outcome: 1 }, without: { outcome: 1 } });
    expect((view?.with.units ?? 0) + (view?.without.units ?? 0)).toBe(12);
    expect((view?.with.missing ?? 0) + (view?.without.missing ?? 0)).toBe(8);
  });

  it('is not lost when the service was down at its end', async () => {
    const rule = await release();
    const served = await serve(controlOn(), rule, 10, (_, at) => (at < 5 ? 0.5 : null));
    await judge(served);
    nowMs += 48 * HOUR_MS;
    const control = await restarted();
    await control.look(project);
    expect(control.views(project, rule)[0]?.units).toBe(10);
    expect(await ledgerRows()).toBe(10);
  });
});

describe('what production decides', () => {
  async function harm(control: OnlineControl, rule: Rule, fingerprint = ''): Promise<void> {
    const served = await serve(control, rule, 80, (injected) => (injected ? 0 : 1), fingerprint);
    await judge(served);
    await control.look(project);
  }

  it('a harmful rule is deprecated with the evidence in its history; back in service it starts anew', async () => {
    const rule = await release();
    const control = controlOn();
    const before = treatmentOf(control, rule, '').epoch;
    await harm(control, rule);
    const base = registry.of(project);
    expect(base.served()).toEqual([]);
    const event = base.history(rule.id).at(-1);
    expect(event).toMatchObject({ type: 'deprecated', actor: 'learner' });
    expect(event?.data).toMatch(
      /harmful in production: harm E [\d.]+ after 80 units; 0 % of \d+ units with it/,
    );
    expect(control.views(project, rule)[0]).toMatchObject({ stage: 'deprecated', withheldShare: 1 });

    const edited = await base.edit(rule.id, { content: 'Divide amounts by 1000.' }, 'ann');
    expect(edited.ok).toBe(true);
    const approved = await base.approve(rule.id, 'ann');
    const next = approved.ok ? approved.rule : rule;
    expect(treatmentOf(control, next, '')).toMatchObject({ withheld: 0.5 });
    expect(treatmentOf(control, next, '').epoch).not.toBe(before);
    expect(control.views(project, next).map(({ current, stage, units }) => [current, stage, units])).toEqual([
      [true, 'canary', 0],
      [false, 'deprecated', 80],
    ]);
  });

  it('a rule of no use is put to rest, and a person may approve it again into a new canary', async () => {
    const rule = await release();
    const control = controlOn();
    for (let units = 0; units < WATCH.futilityUnitsMin; units += 100) {
      await judge(await serve(control, rule, 100, () => 0.5));
      await control.look(project);
    }
    const base = registry.of(project);
    const [rested] = base.list({ status: 'validated' });
    expect(rested?.reason).toMatch(/^no use in production: futility E [\d.]+ after 500 units/);
    const approved = await base.approve(rule.id, 'ann');
    expect(approved.ok && treatmentOf(control, approved.rule, '').withheld).toBe(0.5);
  });

  it('another model, prompt or tool set is another experiment; harm there leaves a proven rule in service here', async () => {
    const rule = await release();
    const control = controlOn();
    for (let batch = 0; batch < 3; batch += 1) {
      await judge(await serve(control, rule, 100, (injected) => (injected ? 1 : 0), 'old model'));
      await control.look(project);
    }
    expect(treatmentOf(control, rule, 'old model').withheld).toBe(0.1);
    // A few units of another model are not another experiment yet.
    await judge(await serve(control, rule, FINGERPRINT_UNITS_MIN - 1, () => 1, 'new model'));
    expect(treatmentOf(control, rule, 'new model').withheld).toBe(0.5);
    await harm(control, rule, 'new model');
    expect(treatmentOf(control, rule, 'new model').withheld).toBe(1);
    expect(treatmentOf(control, rule, 'old model').withheld).toBe(0.1);
    expect(
      registry
        .of(project)
        .served()
        .map(({ id }) => id),
    ).toEqual([rule.id]);
    const again = await restarted();
    expect(treatmentOf(again, rule, 'new model').withheld).toBe(1);
  });

  it('two rules in one answer do not share evidence', async () => {
    const base: KnowledgeBase = registry.of(project);
    const good = await release('Count distinct customers.');
    const bad = await release('Count all rows.');
    const control = controlOn();
    await harm(control, bad);
    await judge(await serve(control, good, 20, () => 1));
    await control.look(project);
    expect(base.served().map(({ id }) => id)).toEqual([good.id]);
    expect(control.views(project, good)[0]).toMatchObject({ stage: 'canary', units: 20 });
  });
});

describe('harmful rules within a day', () => {
  async function removeByProduction(control: OnlineControl, rules: readonly Rule[]): Promise<void> {
    for (const rule of rules) await judge(await serve(control, rule, 60, harmful));
    await control.look(project);
    for (const { id } of rules)
      expect(registry.of(project).find(id)).toMatchObject({ rule: { status: 'deprecated' } });
  }

  function statusOf(rule: Rule): string {
    const found = registry.of(project).find(rule.id);
    return found.ok ? found.rule.status : found.message;
  }

  it('lead back to the last snapshot before them: what is unproven since leaves with them, once', async () => {
    const before = await release('Amounts are in cents.');
    const control = controlOn();
    const bad = [await release('Add ten.'), await release('Add twenty.')];
    const since = await release('Dates are in UTC.');
    const proven = await release('Names are in capitals.');
    await judge(await serve(control, proven, 400, (injected) => (injected ? 1 : 0)));
    await control.look(project);
    await removeByProduction(control, bad.slice(0, 1));
    expect(statusOf(since)).toBe('active');
    nowMs += 23 * HOUR_MS;
    await removeByProduction(control, bad.slice(1));
    expect([before, since, proven].map(statusOf)).toEqual(['active', 'deprecated', 'active']);
    const [snapshot, ...others] = registry.of(project).snapshots();
    expect(snapshot?.actor).toBe('learner');
    expect(snapshot?.reason).toMatch(/^rolled back: 2 rules were harmful in production within 24 h/);
    expect(others).toEqual([]);
    const again = await restarted();
    await again.look(project);
    expect(registry.of(project).snapshots()).toHaveLength(1);
  });

  it('that are further apart, or one alone, do not', async () => {
    const control = controlOn();
    const bad = [await release('Add ten.'), await release('Add twenty.')];
    await release('Dates are in UTC.');
    await removeByProduction(control, bad.slice(0, 1));
    nowMs += 25 * HOUR_MS;
    await removeByProduction(control, bad.slice(1));
    expect(registry.of(project).snapshots()).toEqual([]);
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodeRows, openStore, type Store } from '@tracelore/collector/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newRandomId as newId } from '../ids.ts';
import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import { createKnowledgeLog } from '../knowledge/knowledge-log.ts';
import { openKnowledge } from '../knowledge/knowledge-registry.ts';
import type { Rule } from '../knowledge/rule.ts';
import { newPass } from '../learn/learn-pass.ts';
import { createPassLog } from '../learn/records/pass-log.ts';
import { createOnlineControl, type OnlineControl } from '../online/online-control.ts';
import { storedUnits } from '../online/stored-units.ts';
import { stageShares } from '../online/stage.ts';
import { createDecisionLog, type DecisionLog } from '../serving/decision-log.ts';
import { welchTest } from '../stats/welch.ts';
import { migrateLearner } from '../store/migrate.ts';
import { createOutcomeRecorder } from '../store/record-outcomes.ts';
import { createInjectionReader, type InjectionReader } from './injection-reader.ts';
import { createKnowledgeReports, type KnowledgeReports } from './knowledge-reports.ts';

const PROJECT = 'shop';
const HOLDOUT = 0.4;
const UNITS = 60;
const START_MS = Date.UTC(2026, 10, 20, 12);

let directory: string;
let store: Store;
let base: KnowledgeBase;
let online: OnlineControl;
let reports: KnowledgeReports;
let decisions: DecisionLog;
let rule: Rule;
let nowMs = START_MS;
const now = (): Date => new Date(nowMs);
/** What the reports must find again. */
const arms = {
  served: [] as number[],
  holdout: [] as number[],
  withRule: [] as number[],
  withoutRule: [] as number[],
};

/** Rows of runs as the collector writes them, as far as the reports look. */
async function writeRuns(
  runs: readonly { readonly id: string; readonly passed: boolean; readonly trial?: string }[],
): Promise<void> {
  const table = {
    name: `${store.database}.runs`,
    columns: {
      project: 'LowCardinality(String)',
      run_id: 'String',
      revision: 'UInt64',
      trial_id: 'String',
      state: 'LowCardinality(String)',
      start_time: "DateTime64(9, 'UTC')",
      input_tokens: 'Nullable(UInt64)',
      output_tokens: 'Nullable(UInt64)',
      outcome_source: 'LowCardinality(String)',
      outcome_passed: 'Nullable(Bool)',
    },
  } as const;
  const rows = runs.map(({ id, passed, trial = '' }) => ({
    project: PROJECT,
    run_id: id,
    revision: 1n,
    trial_id: trial,
    state: 'closed',
    start_time: BigInt(nowMs) * 1_000_000n,
    input_tokens: trial === '' ? null : 1_000n,
    output_tokens: trial === '' ? null : 10n,
    outcome_source: 'check',
    outcome_passed: passed,
  }));
  await store.driver.insert(encodeRows(table, rows, `runs:${newId()}`));
}

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'reports-'));
  store = await openStore({ location: { kind: 'embedded', directory } });
  await migrateLearner(store);
  const { driver, database } = store;
  const registry = await openKnowledge({ log: createKnowledgeLog(driver, database), now, newId });
  base = registry.of(PROJECT);
  const knowledge = (project: string): KnowledgeBase => registry.of(project);
  online = createOnlineControl({
    ...storedUnits({ driver, database, newId }),
    knowledge,
    shares: stageShares(0.1, true),
    holdoutGlobal: HOLDOUT,
    outcomeWindowMs: 3_600_000,
    now,
  });
  decisions = createDecisionLog({ driver, database, ids: newId });
  reports = createKnowledgeReports({
    driver,
    database,
    reader: store,
    knowledge,
    online,
    holdoutGlobal: HOLDOUT,
    cases: { list: () => Promise.resolve([]) },
    broker: { hasRunner: () => false, runner: () => ({ run: () => Promise.resolve([]) }) },
    settle: () => Promise.resolve(),
    flushDecisions: () => decisions.flush(),
    model: 'gpt-4o-mini',
    now,
    newId,
  });
  const text = {
    kind: 'skill',
    content: 'Divide amounts by 100.',
    appliesWhen: 'amounts',
    tags: [],
  } as const;
  const proposed = await base.propose(text, { origin: 'human', by: 'ann', evidence: [] });
  const approved = proposed.ok ? await base.approve(proposed.rule.id, 'ann') : proposed;
  if (!approved.ok) throw new Error(approved.message);
  rule = approved.rule;
  await serveUnits();
});

afterAll(async () => {
  await reports.stop();
  await decisions.close();
  await store.close();
  await rm(directory, { recursive: true });
});

/** Every third unit is held out; of the others every second gets the rule. Those with it always do well. */
async function serveUnits(): Promise<void> {
  const outcomes: { id: string; run: string; name: string; source: 'check'; score: number }[] = [];
  for (let index = 0; index < UNITS; index += 1) {
    nowMs += 1_000;
    const unit = `unit-${index}`;
    const runId = `run-${index}`;
    const arm = index % 3 === 0 ? 'holdout' : 'served';
    const { epoch, withheld } = online.treatments(PROJECT, { agent: 'a', unit, fingerprint: '' }).of(rule);
    const injected = arm === 'served' && index % 2 === 0;
    const score = injected ? 1 : index % 5 === 0 ? 1 : 0;
    const item = { rule: `${rule.id}@1`, rank: 1, propensity: 1 - withheld, coin: 0, injected, epoch };
    const names = {
      id: newId(),
      project: PROJECT,
      unit,
      agent: 'a',
      runId,
      trialId: '',
      taskHash: '',
      fingerprint: '',
    };
    decisions.record({
      ...names,
      at: now().toISOString(),
      snapshot: 2,
      arm,
      items: [item],
      bestCosine: null,
    });
    arms[arm].push(score);
    if (arm === 'served') arms[injected ? 'withRule' : 'withoutRule'].push(score);
    outcomes.push({ id: newId(), run: runId, name: 'outcome', source: 'check', score });
  }
  await decisions.flush();
  nowMs += 1_000;
  const record = createOutcomeRecorder({ write: (batch, key) => store.write(batch, key), now, newId });
  await record(PROJECT, outcomes);
  await online.look(PROJECT);
  await writeRuns(outcomes.map(({ run, score }) => ({ id: run, passed: score === 1 })));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

test('the lift report counts both arms of the layer and of the rule, and Welch is that of the outcomes', async () => {
  const { layer, rules } = await reports.abReport(PROJECT);
  expect(layer).toMatchObject({
    treatmentCount: arms.served.length,
    controlCount: arms.holdout.length,
    missing: 0,
    recommendation: expect.stringContaining('Knowledge injection'),
  });
  expect(layer.treatmentAvg).toBeCloseTo(mean(arms.served), 12);
  expect(layer.welch?.p).toBeCloseTo(welchTest(arms.holdout, arms.served).twoSided, 9);
  expect(rules).toMatchObject([
    {
      ruleId: rule.id,
      stage: 'canary',
      treatmentCount: arms.withRule.length,
      controlCount: arms.withoutRule.length,
    },
  ]);
  expect(rules[0]?.lift?.estimate).toBeCloseTo(mean(arms.withRule) - mean(arms.withoutRule), 12);
});

test('the audit counts what was injected, and shows the confounded rate beside the effect', async () => {
  const audit = await reports.audit(PROJECT);
  expect(audit.rules).toMatchObject([
    {
      ruleId: rule.id,
      injections: arms.withRule.length,
      confoundedRate: 1,
      effect: { estimate: mean(arms.withRule) - mean(arms.withoutRule) },
    },
  ]);
  expect(audit.rules[0]?.lastInjectedAt?.slice(0, 10)).toBe('2026-11-20');
  expect(await reports.audit('other')).toMatchObject({ inForce: 0, rules: [] });
});

test('the cost counts passes, trials and prompts since the hold-out began, at the prices of the list', async () => {
  const passes = createPassLog({ driver: store.driver, database: store.database, newId });
  const usage = { inputTokens: 1_000_000, outputTokens: 100_000 };
  await passes.save({ ...newPass('before', PROJECT, new Date(START_MS - 1)), usage }, 1);
  await passes.save({ ...newPass('since', PROJECT, now()), usage }, 1);
  await writeRuns([{ id: 'trial-run', passed: true, trial: 't1' }]);
  const cost = await reports.cost(PROJECT);
  expect(cost.since).toBe(new Date(START_MS + 1_000).toISOString());
  expect(cost.learner).toMatchObject(usage);
  // 0.15 USD per million in, 0.60 out.
  expect(cost.learner.usd).toBeCloseTo(0.21, 6);
  expect(cost.trials).toMatchObject({ inputTokens: 1_000, outputTokens: 10 });
  expect(cost.prompts).toMatchObject({
    inputTokens: arms.withRule.length * rule.tokens,
    outputTokens: 0,
    usd: null,
  });
  expect(cost.total.usd).toBeNull();
  expect(cost.extraSuccesses?.estimate).toBeCloseTo(
    (mean(arms.served) - mean(arms.holdout)) * arms.served.length,
    9,
  );
  expect(await reports.cost('other')).toMatchObject({
    since: null,
    extraSuccesses: null,
    tokensPerExtraSuccess: null,
  });
});

function readerOfAnswers(): InjectionReader {
  const { driver, database } = store;
  return createInjectionReader({ driver, database, flushDecisions: () => decisions.flush() });
}

test('an answer is seen as soon as it was given, although its record waits to be stored with others', async () => {
  const reader = readerOfAnswers();
  const give = (runId: string): void => {
    const names = { id: newId(), project: 'fresh', unit: 'u', agent: 'a', runId, trialId: '', taskHash: '' };
    const item = { rule: `${rule.id}@1`, rank: 1, propensity: 1, coin: 0, injected: true, epoch: '' };
    const made = { at: now().toISOString(), snapshot: 2, fingerprint: '', bestCosine: null };
    decisions.record({ ...names, ...made, arm: 'served', items: [item] });
  };
  for (const runId of ['first', 'second']) {
    give(runId);
    expect(await reader.decisionsOf('fresh', runId, [])).toMatchObject([{ runId }]);
  }
  give('third');
  expect((await reader.injections('fresh')).get(rule.id)?.answers).toBe(3);
});

test('the newest judged runs that got a rule are counted, and only those; a run has its own answers', async () => {
  const reader = readerOfAnswers();
  const recent = async (runsMax: number): Promise<unknown> =>
    (await reader.recentRuns(PROJECT, [rule.id], runsMax)).get(rule.id);
  expect(await recent(20)).toEqual({ runs: 20, failed: 0 });
  // The oldest of them.
  await writeRuns([{ id: 'run-2', passed: false }]);
  expect(await recent(20)).toEqual({ runs: 20, failed: 1 });
  expect(await recent(5)).toEqual({ runs: 5, failed: 0 });
  expect(await reader.recentRuns('other', [rule.id], 20)).toEqual(new Map());
  const [given] = await reader.decisionsOf(PROJECT, 'run-2', []);
  expect(given).toMatchObject({ runId: 'run-2', items: [{ injected: true }] });
  expect(await reader.decisionsOf(PROJECT, '', [given?.id ?? ''])).toEqual([given]);
  expect(await reader.decisionsOf('other', 'run-2', [given?.id ?? ''])).toEqual([]);
});

test('a run that is not there is neither blamed nor replayed', async () => {
  await expect(reports.blame(PROJECT, 'ffffffff')).rejects.toThrow(
    'No run has an id that starts with "ffffffff"',
  );
  await expect(reports.replay(PROJECT, 'ffffffff', {})).rejects.toThrow('No run has an id');
});

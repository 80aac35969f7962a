import { describe, expect, it } from 'vitest';
import { createScorer } from '../evals/scorer.ts';
import type { EvalCase } from '../evals/eval-case.ts';
import { manualClock, type ManualClock } from './clock.testing.ts';
import {
  ATTEMPTS_MAX,
  createTrialBroker,
  LEASE_MS,
  RUNNER_GRACE_MS,
  type TrialBroker,
} from './trial-broker.ts';
import type { TrialRecord } from './trial-log.ts';
import type { TrialResult, TrialSpec } from './trial-runner.ts';

const cases: readonly EvalCase[] = ['2', '4', '6'].map((expected, index) => ({
  project: 'p',
  id: `c${index}`,
  task: `${expected} / 1?`,
  input: { index },
  expected,
  scorer: 'exact',
  tags: [],
  source: 'manual',
  sourceRunId: '',
  createdAt: '',
}));
const spec = (caseId: string): TrialSpec => ({
  caseId,
  rules: [`r-${caseId}@1`],
  purpose: 'treatment',
  group: 'g',
});
const ask = { runner: 'w1', max: 10, waitMs: 0 };

interface Bench {
  readonly broker: TrialBroker;
  readonly clock: ManualClock;
  readonly log: TrialRecord[];
  readonly run: (caseIds: readonly string[], signal?: AbortSignal) => Promise<readonly TrialResult[]>;
}

function bench(): Bench {
  const clock = manualClock();
  const log: TrialRecord[] = [];
  let ids = 0;
  const broker = createTrialBroker({
    clock,
    newId: () => `t${(ids += 1)}`,
    log: { add: (record) => log.push(record), flush: () => Promise.resolve() },
    scorer: createScorer(),
  });
  return {
    broker,
    clock,
    log,
    run: (caseIds, signal) => broker.runner('p', cases).run(caseIds.map(spec), signal),
  };
}

describe('the trial broker', () => {
  it('hands out trials with task and input, scores reports, and answers in the order of the specs', async () => {
    const { broker, run, log } = bench();
    const results = run(['c0', 'c1', 'c2']);
    const leases = await broker.lease('p', ask);
    expect(leases).toMatchObject([
      { trial: 't1', task: '2 / 1?', input: { index: 0 } },
      { trial: 't2', task: '4 / 1?', input: { index: 1 } },
      { trial: 't3', task: '6 / 1?', input: { index: 2 } },
    ]);
    expect(broker.rulesOf('p', 't2')).toEqual(['r-c1@1']);
    expect(broker.rulesOf('p', 't3')).toEqual(['r-c2@1']);
    expect(broker.rulesOf('q', 't3')).toBeUndefined();
    expect(await broker.report('p', { trial: 't3', runner: 'w1', error: 'boom', durationMs: 3 })).toBe(true);
    expect(await broker.report('p', { trial: 't2', runner: 'w1', output: '5', durationMs: 2 })).toBe(true);
    expect(await broker.report('p', { trial: 't1', runner: 'w1', output: ' 2\n', durationMs: 1 })).toBe(true);
    expect(await results).toMatchObject([
      { kind: 'scored', trialId: 't1', score: 1, output: ' 2\n' },
      { kind: 'scored', trialId: 't2', score: 0 },
      { kind: 'scored', trialId: 't3', score: 0, error: 'boom' },
    ]);
    expect(
      log.map(({ trialId, result, attempts }) => [
        trialId,
        result.kind === 'scored' && result.score,
        attempts,
      ]),
    ).toEqual([
      ['t3', 0, 1],
      ['t2', 0, 1],
      ['t1', 1, 1],
    ]);
    expect(broker.rulesOf('p', 't2')).toBeUndefined();
  });

  it("takes the runner's own score before the scorer's", async () => {
    const { broker, run } = bench();
    const results = run(['c0']);
    await broker.lease('p', ask);
    await broker.report('p', { trial: 't1', runner: 'w1', output: 'x', score: 0.25, durationMs: 1 });
    expect(await results).toMatchObject([{ score: 0.25 }]);
  });

  it('has no judgement about rules when the agent failed before it asked for them', async () => {
    const { broker } = bench();
    const specs = [spec('c0'), { ...spec('c1'), purpose: 'evaluation' as const }];
    const results = broker.runner('p', cases).run(specs);
    await broker.lease('p', ask);
    for (const trial of ['t1', 't2']) {
      await broker.report('p', { trial, runner: 'w1', error: 'no network', durationMs: 1 });
    }
    expect(await results).toMatchObject([
      { kind: 'void', reason: expect.stringContaining('no network') },
      { kind: 'scored', score: 0, error: 'no network' },
    ]);
  });

  it('lets a lease request wait for work, up to its time', async () => {
    const { broker, run, clock } = bench();
    const waiting = broker.lease('p', { ...ask, waitMs: 5_000 });
    void run(['c0']).catch(() => undefined);
    expect(await waiting).toMatchObject([{ trial: 't1' }]);
    const late = broker.lease('p', { ...ask, waitMs: 5_000 });
    clock.advance(5_000);
    expect(await late).toEqual([]);
  });

  it('gives the trials of an agent to runners of this agent and to those that name none', async () => {
    const { broker, clock } = bench();
    const [any, sql, mail] = cases.map((each, index) =>
      index === 0 ? each : { ...each, agent: index === 1 ? 'sql' : 'mail' },
    );
    const agents = [any, sql, mail].flatMap((each) => each ?? []);
    const held = broker.lease('p', { ...ask, agent: 'other', waitMs: 5_000 });
    const ofMail = broker.runner('p', agents).run([spec('c2')]);
    const rest = broker.runner('p', agents).run([spec('c1'), spec('c0')]);
    expect(await held).toMatchObject([{ task: '2 / 1?' }]);
    expect(await broker.lease('p', { ...ask, runner: 'w2', agent: 'sql' })).toMatchObject([
      { task: '4 / 1?' },
    ]);
    expect(await broker.lease('p', { ...ask, runner: 'w2', agent: 'sql' })).toEqual([]);
    expect([broker.hasRunner('p', 'sql'), broker.hasRunner('p', 'mail')]).toEqual([true, false]);
    await broker.report('p', { trial: 't2', runner: 'w2', output: '4', durationMs: 1 });
    await broker.report('p', { trial: 't3', runner: 'w1', output: '2', durationMs: 1 });
    expect(await rest).toMatchObject([{ score: 1 }, { score: 1 }]);
    // The others are still there, and do not keep the trial waiting for ever.
    void broker.lease('p', { ...ask, agent: 'other', waitMs: 25_000 });
    clock.advance(RUNNER_GRACE_MS + 1_000);
    await expect(ofMail).rejects.toThrow(/no runner took the waiting trials of agent mail/);
    const again = broker.runner('p', agents).run([spec('c2')]);
    expect(await broker.lease('p', { ...ask, runner: 'w3' })).toMatchObject([{ task: '6 / 1?' }]);
    await broker.report('p', { trial: 't4', runner: 'w3', output: '6', durationMs: 1 });
    expect(await again).toMatchObject([{ score: 1 }]);
  });

  it('keeps projects apart', async () => {
    const { broker, run } = bench();
    void run(['c0']).catch(() => undefined);
    expect(await broker.lease('other', ask)).toEqual([]);
    await broker.lease('p', ask);
    expect(await broker.report('other', { trial: 't1', runner: 'w1', output: '2', durationMs: 1 })).toBe(
      false,
    );
  });

  it('hands an expired lease out again, ignores the late report, and counts the first in time once', async () => {
    const { broker, run, clock } = bench();
    const results = run(['c0']);
    await broker.lease('p', ask);
    clock.advance(LEASE_MS);
    clock.advance(1_000);
    expect(await broker.report('p', { trial: 't1', runner: 'w1', output: '9', durationMs: 1 })).toBe(false);
    expect(await broker.lease('p', { ...ask, runner: 'w2' })).toHaveLength(1);
    expect(await broker.report('p', { trial: 't1', runner: 'w2', output: '2', durationMs: 1 })).toBe(true);
    expect(await broker.report('p', { trial: 't1', runner: 'w2', output: '3', durationMs: 1 })).toBe(false);
    expect(await results).toMatchObject([{ kind: 'scored', score: 1 }]);
  });

  it('calls a trial void after too many silent leases', async () => {
    const { broker, run, clock, log } = bench();
    const results = run(['c0']);
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      expect(await broker.lease('p', ask)).toHaveLength(1);
      clock.advance(LEASE_MS + 1_000);
    }
    expect(await results).toMatchObject([
      { kind: 'void', reason: expect.stringContaining('never reported') },
    ]);
    expect(log).toMatchObject([{ result: { kind: 'void' }, attempts: ATTEMPTS_MAX }]);
  });

  it('fails with advice when no runner shows up, and when the last one is gone', async () => {
    const { broker, run, clock } = bench();
    const nobody = run(['c0']);
    clock.advance(RUNNER_GRACE_MS + 1_000);
    await expect(nobody).rejects.toThrow(/registerRunner/);
    const left = run(['c0', 'c1']);
    await broker.lease('p', { ...ask, max: 1 });
    await broker.report('p', { trial: 't2', runner: 'w1', output: '2', durationMs: 1 });
    clock.advance(RUNNER_GRACE_MS + 1_000);
    await expect(left).rejects.toThrow(/no runner/);
  });

  it('waits as long as a runner asks for work or holds a lease', async () => {
    const { broker, run, clock } = bench();
    const results = run(['c0', 'c1']);
    await broker.lease('p', { ...ask, max: 1 });
    clock.advance(LEASE_MS - 1_000);
    await broker.report('p', { trial: 't1', runner: 'w1', output: '2', durationMs: 1 });
    await broker.lease('p', ask);
    await broker.report('p', { trial: 't2', runner: 'w1', output: '4', durationMs: 1 });
    expect(await results).toMatchObject([{ score: 1 }, { score: 1 }]);
  });

  it('has no judgement about a case that does not exist, or that needs a judge nobody configured', async () => {
    const { broker } = bench();
    const judged = cases.slice(0, 1).map((evalCase) => ({ ...evalCase, scorer: 'judge' as const }));
    const results = broker.runner('p', judged).run([spec('c0'), spec('c9')]);
    await broker.lease('p', ask);
    await broker.report('p', { trial: 't1', runner: 'w1', output: 'x', durationMs: 1 });
    expect(await results).toMatchObject([
      { kind: 'void', reason: expect.stringContaining('judge') },
      { kind: 'void', reason: expect.stringContaining('c9') },
    ]);
  });

  it('makes pending trials void when the caller gives up', async () => {
    const { broker, run } = bench();
    const controller = new AbortController();
    const results = run(['c0', 'c1'], controller.signal);
    controller.abort();
    expect(await results).toMatchObject([{ kind: 'void' }, { kind: 'void' }]);
    expect(await broker.lease('p', ask)).toEqual([]);
  });

  it('knows which runners are alive', async () => {
    const { broker, clock, run } = bench();
    await broker.lease('p', { ...ask, agent: 'sql-agent' });
    expect(broker.runners('p')).toMatchObject([{ runner: 'w1', agent: 'sql-agent', isAlive: true }]);
    clock.advance(RUNNER_GRACE_MS);
    expect(broker.runners('p')).toMatchObject([{ isAlive: false }]);
    const results = run(['c0']);
    await broker.lease('p', ask);
    clock.advance(RUNNER_GRACE_MS);
    expect(broker.runners('p')).toMatchObject([{ isAlive: true }]);
    await broker.report('p', { trial: 't1', runner: 'w1', output: '2', durationMs: 1 });
    expect(await results).toHaveLength(1);
  });

  it('waits a moment for a runner that is just starting', async () => {
    const { broker, clock } = bench();
    const nobody = broker.awaitRunner('p', 3_000);
    clock.advance(3_000);
    expect(await nobody).toBe(false);
    const somebody = broker.awaitRunner('p', 3_000);
    await broker.lease('other', ask);
    await broker.lease('p', ask);
    expect(await somebody).toBe(true);
    expect(await broker.awaitRunner('p', 0)).toBe(true);
  });
});

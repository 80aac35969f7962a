import { expect, test } from 'vitest';
import { exampleRule } from '../injectors/example-rule.testing.ts';
import type { DecisionRecord } from '../injectors/rule-set.ts';
import type { EvalCase } from '../evals/eval-case.ts';
import type { Rule } from '../knowledge/rule.ts';
import type { EffectView, WatchView } from '../online/watch-view.ts';
import type { TrialResult, TrialRunner, TrialSpec } from '../trials/trial-runner.ts';
import { blame, type BlameFacts } from './blame.ts';
import { costPerLift } from './cost-per-lift.ts';
import { auditKnowledge } from './knowledge-audit.ts';
import { reportLift } from './lift-report.ts';
import { REPLAYS_MAX, replayWithout } from './replay-without.ts';

const ARM = { units: 100, missing: 0, outcome: 0.5 };

function effect(lift: EffectView['lift']): EffectView {
  return { units: 200, with: { ...ARM, outcome: 0.7 }, without: ARM, lift };
}

function watch(changes: Partial<WatchView>): WatchView {
  const place = {
    epoch: '1.2',
    fingerprint: '',
    current: true,
    stage: 'active',
    withheldShare: 0.2,
  } as const;
  const numbers = { eHarm: 0.5, eBenefit: 1, eFutility: 1, drift: 0, alarms: 0, broken: null, next: '' };
  return { ...effect(null), ...place, ...numbers, ...changes };
}

const spent = { inputTokens: 900, outputTokens: 100, usd: 2 };
const nothing = { inputTokens: 0, outputTokens: 0, usd: 0 };

test('a cost is per success gained; its interval is that of the lift, without an end where the gain may be none', () => {
  const spending = { since: null, learner: spent, trials: spent, prompts: nothing };
  const proven = costPerLift(spending, effect({ estimate: 0.2, low: 0.1, high: 0.4 }));
  expect(proven.total).toEqual({ inputTokens: 1_800, outputTokens: 200, usd: 4 });
  expect(proven.extraSuccesses).toEqual({ estimate: 20, low: 10, high: 40 });
  expect(proven.tokensPerExtraSuccess).toEqual({ estimate: 100, low: 50, high: 200 });
  expect(proven.usdPerExtraSuccess).toEqual({ estimate: 0.2, low: 0.1, high: 0.4 });
  const doubtful = costPerLift(spending, effect({ estimate: 0.2, low: -0.1, high: 0.4 }));
  expect(doubtful.tokensPerExtraSuccess).toEqual({ estimate: 100, low: 50, high: null });
  for (const layer of [null, effect(null), effect({ estimate: -0.1, low: -0.2, high: 0.1 })])
    expect(costPerLift(spending, layer)).toMatchObject({
      tokensPerExtraSuccess: null,
      usdPerExtraSuccess: null,
    });
  const unpriced = costPerLift(
    { ...spending, learner: { ...spent, usd: null } },
    effect({ estimate: 0.2, low: 0.1, high: 0.4 }),
  );
  expect(unpriced).toMatchObject({ total: { usd: null }, usdPerExtraSuccess: null });
  expect(unpriced.tokensPerExtraSuccess).not.toBeNull();
});

test('a lift is significant when its interval excludes none; Welch stands beside it', () => {
  expect(reportLift(null)).toMatchObject({
    treatmentCount: 0,
    lift: null,
    significant: false,
    welch: null,
    recommendation: 'Not enough data. Need both treatment and control traces.',
  });
  const samples = {
    injected: { n: 100, mean: 0.7, variance: 0.2 },
    withheld: { n: 100, mean: 0.5, variance: 0.2 },
  };
  const helps = reportLift(effect({ estimate: 0.2, low: 0.05, high: 0.35 }), samples);
  expect(helps).toMatchObject({ significant: true, recommendation: 'Knowledge injection is helping' });
  // t = 0.2 / sqrt(0.004) = 3.162 with 198 degrees of freedom.
  expect(helps.welch?.p).toBeCloseTo(0.00181, 4);
  expect(reportLift(effect({ estimate: 0.2, low: -0.05, high: 0.4 }))).toMatchObject({
    significant: false,
    recommendation: 'Knowledge injection may not be providing value',
  });
  expect(reportLift(effect({ estimate: -0.2, low: -0.4, high: -0.1 }))).toMatchObject({ significant: true });
  const lonely = { injected: samples.injected, withheld: { n: 1, mean: 1, variance: 0 } };
  expect(reportLift(effect(null), lonely).welch).toBeNull();
});

test('the audit goes by the hold-out: a low rate alone does not decline', () => {
  const hard = exampleRule('For hard tasks.');
  const harmful = exampleRule('Harmful.');
  const young = exampleRule('Young.');
  const unseen = exampleRule('Unseen.', { priority: 'pinned' });
  const lift = { estimate: 0.1, low: 0.02, high: 0.2 };
  const views = new Map([
    [hard.id, watch({ lift })],
    [harmful.id, watch({ eHarm: 6 })],
  ]);
  const at = '2026-11-20T00:00:00.000Z';
  const audit = auditKnowledge({
    rules: [hard, harmful, young, unseen],
    watchOf: (rule: Rule) => views.get(rule.id),
    injections: new Map([
      [hard.id, { answers: 50, lastAt: at }],
      [harmful.id, { answers: 10, lastAt: at }],
      [young.id, { answers: 9, lastAt: at }],
    ]),
    outcomes: new Map([
      [hard.id, { units: 40, mean: 0.2 }],
      [harmful.id, { units: 10, mean: 0.8 }],
    ]),
  });
  const ids = (rows: readonly { readonly ruleId: string }[]): string[] => rows.map(({ ruleId }) => ruleId);
  expect(ids(audit.declining)).toEqual([harmful.id]);
  expect(ids(audit.lowRate)).toEqual([hard.id]);
  expect(ids(audit.neverInjected)).toEqual([unseen.id]);
  expect(ids(audit.insufficientData)).toEqual([young.id]);
  expect(audit).toMatchObject({ inForce: 4, averageConfoundedRate: 0.5, averageEffect: 0.1 });
  expect(audit.rules[0]).toMatchObject({ effect: lift, confoundedRate: 0.2, lastInjectedAt: at });
});

function decision(arm: DecisionRecord['arm'], rules: Readonly<Record<string, boolean>>): DecisionRecord {
  const names = { id: `d-${arm}`, project: 'shop', unit: 'u', agent: '', runId: 'r', trialId: '' };
  const items = Object.entries(rules).map(([rule, injected], index) => ({
    rule,
    rank: index + 1,
    propensity: 0.5,
    coin: 0.1,
    injected,
    epoch: '1.1',
  }));
  const at = '2026-11-20T00:00:00.000Z';
  return { ...names, at, snapshot: 1, fingerprint: '', taskHash: '', arm, items, bestCosine: null };
}

test('every answer of a run counts for blame, withheld rules do not; the most suspicious comes first', () => {
  const [old, harmful, fresh] = [exampleRule('Old.'), exampleRule('Harmful.'), exampleRule('Fresh.')];
  const rules = [old, harmful, fresh];
  const at = '2026-11-20T00:00:00.000Z';
  const facts: BlameFacts = {
    runId: 'r',
    outcome: null,
    decisions: [
      decision('served', { [`${old.id}@1`]: true, [`${fresh.id}@1`]: false }),
      decision('served', { [`${harmful.id}@1`]: true }),
      decision('holdout', { [`${fresh.id}@1`]: true }),
    ],
    findVersion: (reference) => rules.find(({ id }) => reference === `${id}@1`),
    watchOf: (rule) =>
      rule === harmful ? watch({ lift: { estimate: -0.3, low: -0.5, high: -0.1 } }) : undefined,
    injections: new Map(rules.map(({ id }) => [id, { answers: 50, lastAt: at }])),
    recent: new Map([[harmful.id, { runs: 20, failed: 12 }]]),
    replays: null,
  };
  const report = blame(facts);
  expect(report.rules.map(({ ruleId }) => ruleId)).toEqual([harmful.id, old.id]);
  expect(report.rules[0]).toMatchObject({
    isNew: false,
    suspicions: ['its hold-out speaks against it', '12 of its last 20 judged runs failed'],
  });
  expect(report.recommendation).toBe('Some items show high failure correlation');
  expect(blame({ ...facts, decisions: [decision('served', { [`${old.id}@1`]: true })] }).recommendation).toBe(
    'Likely unrelated to knowledge',
  );
  expect(blame({ ...facts, decisions: [] }).recommendation).toBe('No knowledge was injected in this trace');
  const young = blame({
    ...facts,
    decisions: [decision('served', { [`${old.id}@1`]: true })],
    injections: new Map(),
  });
  expect(young.recommendation).toBe('Review new items — recently promoted knowledge may be causing issues');
});

const CASE: EvalCase = {
  project: 'shop',
  id: 'c',
  task: 't',
  expected: 'x',
  scorer: 'exact',
  tags: [],
  source: 'trace',
  sourceRunId: 'r',
  createdAt: '2026-11-20T00:00:00.000Z',
};

/** Scores a rule set; what it throws is the reason for no score. Tells what it was asked. */
function scoring(scoreOf: (rules: readonly string[], index: number) => number | string): {
  readonly runner: TrialRunner;
  readonly asked: TrialSpec[];
} {
  const asked: TrialSpec[] = [];
  const answer = (spec: TrialSpec, index: number): TrialResult => {
    const score = scoreOf(spec.rules, index);
    return typeof score === 'string'
      ? { kind: 'void', trialId: '', reason: score }
      : { kind: 'scored', trialId: '', output: '', error: '', durationMs: 1, score };
  };
  return {
    asked,
    runner: {
      run(specs) {
        asked.push(...specs);
        return Promise.resolve(specs.map(answer));
      },
    },
  };
}

const references = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `rule-${index}@1`);

const ANEW = { group: 'g', recorded: { ok: false, reason: 'tool pay was not recorded whole' } } as const;

test('replays of a recorded run answer its tools, and one that leaves the recording is not judged', async () => {
  const calls = [{ tool: 'pay', arguments: '1', result: 'paid' }];
  const asked: TrialSpec[] = [];
  const replay = { answered: 0, divergences: ['pay was not called with 2'], traceId: '' };
  const runner: TrialRunner = {
    run: (specs) => {
      asked.push(...specs);
      const left = { kind: 'void', trialId: '', reason: 'it left its recording', replay } as const;
      return Promise.resolve(specs.map(() => left));
    },
  };
  const recorded = { ok: true, agent: '', task: 't', calls } as const;
  const replays = await replayWithout(runner, CASE, references(1), { group: 'g', recorded });
  expect(asked).toMatchObject([
    { purpose: 'replay', recording: calls },
    { purpose: 'replay', recording: calls },
  ]);
  expect(replays).toMatchObject({ toolsRan: '', better: [], shares: [] });
  expect(replays.replays[1]).toMatchObject({
    score: null,
    reason: 'it left its recording: pay was not called with 2',
  });
  const anew = await replayWithout(scoring(() => 1).runner, CASE, references(1), ANEW);
  expect(anew.toolsRan).toBe('tool pay was not recorded whole');
});

test('replays leave out each rule once, at most ten, and all together', async () => {
  const rules = references(15);
  const { runner, asked } = scoring((given, index) =>
    index === 5 ? 'gone' : given.includes('rule-2@1') ? 0 : 1,
  );
  const replays = await replayWithout(runner, CASE, rules, ANEW);
  expect(asked).toHaveLength(REPLAYS_MAX);
  expect(asked[0]).toMatchObject({ rules, purpose: 'baseline' });
  expect(asked[1]).toMatchObject({ rules: [], purpose: 'treatment' });
  expect(new Set(asked.slice(2).map((spec) => spec.rules.length))).toEqual(new Set([14]));
  expect(replays.better).toEqual(['rule-2@1']);
  expect(replays.replays.slice(0, 2)).toMatchObject([
    { without: [], score: 0 },
    { without: rules, score: 1 },
  ]);
  expect(replays.replays[5]).toMatchObject({ score: null, reason: 'gone' });
  expect(replays).toMatchObject({ shares: [], orders: 0 });
});

test('the shares of up to three rules are exact, and no rule set is replayed twice', async () => {
  // Harmful only together: leaving out either helps, and both are equally to blame.
  const { runner, asked } = scoring((given) =>
    given.includes('rule-0@1') && given.includes('rule-2@1') ? 0 : 1,
  );
  const replays = await replayWithout(runner, CASE, references(3), ANEW);
  expect(new Set(asked.map(({ rules }) => rules.toSorted().join())).size).toBe(8);
  expect(asked).toHaveLength(8);
  expect(replays.orders).toBe(6);
  expect(
    replays.shares
      .map(({ rule }) => rule)
      .slice(0, 2)
      .toSorted(),
  ).toEqual(['rule-0@1', 'rule-2@1']);
  const shares = new Map(replays.shares.map(({ rule, share }) => [rule, share]));
  expect(shares.get('rule-0@1')).toBeCloseTo(-0.5, 12);
  expect(shares.get('rule-2@1')).toBeCloseTo(-0.5, 12);
  expect(shares.get('rule-1@1')).toBeCloseTo(0, 12);
  const alone = scoring((given) => (given.length === 0 ? 1 : 0));
  const one = await replayWithout(alone.runner, CASE, references(1), ANEW);
  expect(alone.asked).toHaveLength(2);
  expect(one).toMatchObject({ better: ['rule-0@1'], shares: [{ share: -1 }] });
});

test.each([4, 5, 6])(
  'shares of %i rules add up to what all change, within the replays there are',
  async (count) => {
    const worth = (rule: string): number => (Number(rule[5]) - 2) / 20;
    const { runner, asked } = scoring((given) => given.reduce((sum, rule) => sum + worth(rule), 0.5));
    const replays = await replayWithout(runner, CASE, references(count), ANEW);
    expect(asked.length).toBeLessThanOrEqual(REPLAYS_MAX);
    expect(replays.orders).toBeGreaterThan(0);
    // Rules that act independently have their own worth in every order.
    for (const { rule, share } of replays.shares) expect(share).toBeCloseTo(worth(rule), 12);
    expect(replays.shares).toHaveLength(count);
    // Without the score of every set of an order there is no share by that order.
    const broken = scoring((_given, index) => (index === 1 ? 'gone' : 1));
    expect(await replayWithout(broken.runner, CASE, references(count), ANEW)).toMatchObject({
      shares: [],
      orders: 0,
    });
  },
);

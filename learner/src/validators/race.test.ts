import { describe, expect, it } from 'vitest';
import type { Rule } from '../knowledge/rule.ts';
import type { TrialResult, TrialRunner } from '../trials/trial-runner.ts';
import { flatWorld, recorded, reportOf } from './flat-world.testing.ts';
import { createRaceValidator } from './race.ts';
import { independentWorld, simulatedCase, simulatedRule } from './simulated-world.testing.ts';
import type { CycleReport } from './validator.ts';

describe('race validator', () => {
  it('promotes a rule that helps, with every number behind it', async () => {
    const { input } = flatWorld(['helps'], (rules) => (rules.has('helps') ? 0.9 : 0.3));
    const report = await createRaceValidator({ runsBudget: 1_000, confirmRuns: 64 }).validate(input);
    const helps = reportOf(report, 'helps');
    expect(helps).toMatchObject({
      status: 'promoted',
      candidates: 1,
      weight: 1,
      period: 0,
      alphaPeriod: 0.05,
      triggeredTasks: 40,
      coverage: 1,
      voidPairs: { baseline: 0, treatment: 0 },
    });
    expect(helps.logE).toBeGreaterThanOrEqual(helps.logEThreshold);
    expect(helps.logEThreshold).toBeCloseTo(Math.log(20), 12);
    expect(helps.anytimeP).toBeCloseTo(Math.exp(-helps.logE), 12);
    expect(helps.logEClustered).toBeGreaterThanOrEqual(Math.log(10));
    expect(helps.lift.provisional).toBeLessThan(helps.lift.raw);
    expect(helps.lift.confidenceSequence[0]).toBeLessThan(0.6);
    expect(helps.lift.confidenceSequence[1]).toBeGreaterThan(0.6);
    expect(helps.lift.confirmed).toBeGreaterThan(0.2);
    expect(helps.runs).toMatchObject({
      treatment: helps.pairs,
      baselineShared: helps.pairs,
      confirm: 64,
    });
    expect(report.runsUsed).toBe(2 * helps.pairs);
    expect(report.bound).toContain('P(any false promotion among the 1 candidate of this cycle) ≤ 5 %');
  });

  it('calls a harmful rule harmful and a useless one futile', async () => {
    const { input } = flatWorld(['hurts', 'idle'], (rules) => (rules.has('hurts') ? 0 : 1));
    const report = await createRaceValidator({ runsBudget: 2_000, ladder: false }).validate(input);
    expect(reportOf(report, 'hurts').status).toBe('harmful');
    expect(reportOf(report, 'hurts').reason).toMatch(/lowers outcomes by -\d+\.\d points: E = /);
    expect(reportOf(report, 'idle').status).toBe('futile');
    expect(reportOf(report, 'idle').logEFutility).toBeGreaterThanOrEqual(Math.log(10));
  });

  it('tests against the rules in force, never against nothing', async () => {
    const incumbent = simulatedRule('old');
    const same = (rules: ReadonlySet<string>): number => (rules.has('old') || rules.has('twin') ? 0.9 : 0.2);
    const { input } = flatWorld(['twin', 'old'], same);
    const log = recorded(input.trials);
    const report = await createRaceValidator({ runsBudget: 600 }).validate({
      ...input,
      ...log,
      incumbents: [incumbent],
    });
    expect(reportOf(report, 'twin').status).not.toBe('promoted');
    expect(reportOf(report, 'old').status).toBe('rejected');
    expect(report.candidates).toBe(1);
    for (const spec of log.calls.flat())
      expect(spec.rules).toEqual(spec.purpose === 'baseline' ? ['old@1'] : ['old@1', 'twin@1']);
  });

  it('promotes one of two rules that say the same; the other starts over against it', async () => {
    const { input } = flatWorld(['one', 'two'], (rules) => (rules.size > 0 ? 0.9 : 0.2));
    const report = await createRaceValidator({ runsBudget: 3_000, baselineRuns: 2 }).validate(input);
    const [winner, other] = report.reports.toSorted((a, b) => a.period - b.period);
    expect(winner).toMatchObject({ status: 'promoted', period: 0 });
    expect(other).toMatchObject({ status: 'futile', period: 1, alphaPeriod: 0.025 });
    expect(other?.logEThreshold).toBeCloseTo(Math.log(80), 12);
    expect(other?.incumbentHash).not.toBe(winner?.incumbentHash);
  });

  it('re-opens a stopped rule when a promotion makes it useful', async () => {
    const { input } = flatWorld(['first', 'second'], (rules) =>
      rules.has('first') ? (rules.has('second') ? 0.95 : 0.5) : 0.05,
    );
    const report = await createRaceValidator({ runsBudget: 3_000, lanes: 2 }).validate(input);
    expect(report.reports.map((each) => each.status)).toEqual(['promoted', 'promoted']);
    expect(reportOf(report, 'second').period).toBe(1);
  });

  it('defers a rule whose baseline was changed in every period', async () => {
    const { input } = flatWorld(['one', 'two'], (rules) => 0.1 + 0.4 * rules.size);
    const report = await createRaceValidator({ runsBudget: 3_000, periodsMax: 1 }).validate(input);
    expect(report.reports.map((each) => each.status).toSorted()).toEqual(['deferred', 'promoted']);
  });

  it('re-opens futile rules once, at a smaller lift worth finding', async () => {
    const idle = (): number => 0.5;
    const options = { runsBudget: 2_000, passesMax: 20, pairsMax: 800 };
    const without = await createRaceValidator({ ...options, ladder: false }).validate(
      flatWorld(['a'], idle).input,
    );
    expect(reportOf(without, 'a').reason).toMatch(/^a lift of \+20\.0 points is ruled out/);
    const climbed = await createRaceValidator(options).validate(flatWorld(['a'], idle).input);
    expect(reportOf(climbed, 'a').reason).toMatch(/^a lift of \+10\.0 points is ruled out/);
    expect(reportOf(climbed, 'a').pairs).toBeGreaterThan(reportOf(without, 'a').pairs);
  });

  it('blocks a rule that harms a slice, and says so', async () => {
    const cases = Array.from({ length: 60 }, (_, i) =>
      simulatedCase(`case-${i}`, { tags: [i % 4 === 0 ? 'refunds' : 'orders'] }),
    );
    const mixed = (rules: ReadonlySet<string>, caseId: string): number => {
      const refunds = Number(caseId.slice(5)) % 4 === 0;
      return rules.has('mixed') ? (refunds ? 0 : 1) : refunds ? 0.6 : 0.3;
    };
    const { input } = flatWorld(['mixed'], mixed, { cases });
    const blind = await createRaceValidator({ runsBudget: 2_000, sliceGuard: false }).validate(input);
    expect(reportOf(blind, 'mixed').status).toBe('promoted');
    const guarded = await createRaceValidator({ runsBudget: 2_000 }).validate(input);
    expect(reportOf(guarded, 'mixed').status).toBe('inconclusive');
    expect(reportOf(guarded, 'mixed').reason).toContain('slice refunds is perhaps harmed');
  });

  it('never uses a baseline run twice for one candidate, and shares them between candidates', async () => {
    const alone = flatWorld(['a'], () => 0.5);
    const log = recorded(alone.input.trials);
    await createRaceValidator({ runsBudget: 2_000, mde: 0.9, pairsMax: 1_000 }).validate({
      ...alone.input,
      ...log,
    });
    const counts = new Map<string, { baseline: number; treatment: number }>();
    for (const { caseId, purpose } of log.calls.flat()) {
      const count = counts.get(caseId) ?? { baseline: 0, treatment: 0 };
      if (purpose === 'baseline' || purpose === 'treatment') count[purpose] += 1;
      counts.set(caseId, count);
    }
    expect([...counts.values()].filter((count) => count.baseline !== count.treatment)).toEqual([]);

    const shared = flatWorld(['a', 'b'], () => 0.5);
    const both = recorded(shared.input.trials);
    await createRaceValidator({ runsBudget: 2_000, ladder: false }).validate({ ...shared.input, ...both });
    const of = (purpose: string): number =>
      both.calls.flat().filter((spec) => spec.purpose === purpose).length;
    expect(of('baseline')).toBeLessThan(0.75 * of('treatment'));
  });

  it('gives the same report for the same seed and outcomes', async () => {
    const run = (seed: string): Promise<CycleReport> => {
      const plan = { cases: 80, coverage: 0.4, mean: 0.5, icc: 0.4, effects: [0.8, 0.4, 0, -0.5] };
      const { input } = independentWorld({ ...plan, seed: 'same' });
      return createRaceValidator({ runsBudget: 700, confirmRuns: 128 }).validate({ ...input, seed });
    };
    expect(await run('s')).toEqual(await run('s'));
    expect(await run('s')).not.toEqual(await run('t'));
  });

  it('leaves out cases made from the runs that taught the rule', async () => {
    const taught: Rule = simulatedRule('taught', {
      provenance: {
        origin: 'analyzer',
        by: 'simulation',
        evidence: [{ runId: 'run-1', traceId: '', spanId: '', field: 'input', quote: '', sha256: '' }],
      },
    });
    const cases = Array.from({ length: 16 }, (_, i) =>
      simulatedCase(`case-${i}`, { sourceRunId: i < 9 ? 'run-1' : '' }),
    );
    const { input, trials } = flatWorld([], () => 0.5, { candidates: [taught], cases });
    const report = await createRaceValidator({ runsBudget: 100 }).validate(input);
    expect(reportOf(report, 'taught')).toMatchObject({
      status: 'needs_more_eval',
      triggeredTasks: 7,
      coverage: 1,
    });
    expect(report.candidates).toBe(0);
    expect(trials()).toBe(0);
  });

  it('tests only where the rule changes what the agent reads', async () => {
    const { input } = flatWorld(['a'], () => 0.5, { triggers: (_, caseId) => caseId < 'case-10' });
    const log = recorded(input.trials);
    const report = await createRaceValidator({ runsBudget: 300 }).validate({ ...input, ...log });
    expect(reportOf(report, 'a')).toMatchObject({ triggeredTasks: 10, coverage: 0.25 });
    expect(log.calls.flat().every((spec) => spec.caseId < 'case-10')).toBe(true);
  });

  it('gives its trials to the most promising candidate, wherever it stands in the list', async () => {
    const ids = Array.from({ length: 10 }, (_, i) => (i === 9 ? 'helps' : `idle-${i}`));
    const { input } = flatWorld(ids, (rules) => (rules.has('helps') ? 0.9 : 0.3));
    const report = await createRaceValidator({ runsBudget: 450 }).validate(input);
    expect(reportOf(report, 'helps').status).toBe('promoted');
  });

  it('uses graded scores as they are', async () => {
    const { input } = flatWorld(['helps'], () => 0);
    const trials: TrialRunner = {
      run: (specs) =>
        Promise.resolve(
          specs.map((spec, i): TrialResult => {
            const score = (spec.purpose === 'treatment' ? 0.5 : 0.3) + (i % 3) / 10;
            return { kind: 'scored', trialId: `t${i}`, score, output: '', error: '', durationMs: 0 };
          }),
        ),
    };
    for (const baselineRuns of [1, 2]) {
      const report = await createRaceValidator({ runsBudget: 1_000, baselineRuns }).validate({
        ...input,
        trials,
      });
      expect(reportOf(report, 'helps').status).toBe('promoted');
      expect(reportOf(report, 'helps').lift.raw).toBeCloseTo(0.2, 1);
    }
  });

  it('spends confirmation trials from their own budget', async () => {
    const helps = (rules: ReadonlySet<string>): number => (rules.has('helps') ? 0.95 : 0.2);
    for (const [confirmRuns, spent] of [
      [0, 0],
      [15, 0],
      [40, 40],
      [500, 64],
    ] as const) {
      const { input, trials } = flatWorld(['helps'], helps);
      const report = await createRaceValidator({ runsBudget: 400, confirmRuns }).validate(input);
      const { runs, lift } = reportOf(report, 'helps');
      expect(runs.confirm).toBe(spent);
      expect(trials()).toBe(report.runsUsed + spent);
      expect(lift.confirmed === null).toBe(spent === 0);
    }
  });

  it('controls the false discovery rate when asked, with weights that sum to 1', async () => {
    const { input } = flatWorld(['one', 'two'], (rules) => 0.1 + 0.4 * rules.size);
    const report = await createRaceValidator({
      runsBudget: 3_000,
      control: 'fdr',
      weight: (rule) => (rule.id === 'one' ? 3 : 1),
    }).validate(input);
    expect(report.bound).toContain('expected share of false promotions');
    expect(report.reports.map((each) => [each.status, each.weight])).toEqual([
      ['promoted', 0.75],
      ['promoted', 0.25],
    ]);
  });
});

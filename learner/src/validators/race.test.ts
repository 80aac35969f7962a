import { describe, expect, it } from 'vitest';
import type { Rule } from '../knowledge/rule.ts';
import type { TrialResult, TrialRunner, TrialSpec } from '../trials/trial-runner.ts';
import { createRaceValidator } from './race.ts';
import {
  independentWorld,
  simulate,
  simulatedCase,
  simulatedRule,
  type SimulatedWorld,
} from './simulated-world.testing.ts';
import type { CandidateReport, CycleReport } from './validator.ts';

const VOID: TrialResult = { kind: 'void', trialId: 'v', reason: 'runner died' };

/** Every rule is retrieved everywhere; a case succeeds with the probability given for the rules read. */
function world(
  ids: readonly string[],
  succeeds: (rules: ReadonlySet<string>, caseId: string) => number,
  change: Partial<Parameters<typeof simulate>[0]> = {},
): SimulatedWorld {
  return simulate({
    seed: 'world',
    candidates: ids.map((id) => simulatedRule(id)),
    cases: Array.from({ length: 40 }, (_, i) => simulatedCase(`case-${String(i).padStart(2, '0')}`)),
    triggers: () => true,
    succeeds: (caseId, rules) => succeeds(new Set(rules.map((rule) => rule.id)), caseId),
    ...change,
  });
}

/** Records every call of the runner. */
function recorded(trials: TrialRunner): { trials: TrialRunner; calls: TrialSpec[][] } {
  const calls: TrialSpec[][] = [];
  return {
    calls,
    trials: {
      run: (specs, signal) => {
        calls.push([...specs]);
        return trials.run(specs, signal);
      },
    },
  };
}

function reportOf(report: CycleReport, id: string): CandidateReport {
  const found = report.reports.find((each) => each.ruleId === id);
  if (found === undefined) throw new Error(`no report about ${id}`);
  return found;
}

describe('race validator', () => {
  it('promotes a rule that helps, with every number behind it', async () => {
    const { input } = world(['helps'], (rules) => (rules.has('helps') ? 0.9 : 0.3));
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
      baselineShared: 2 * helps.pairs,
      confirm: 64,
    });
    expect(report.runsUsed).toBe(3 * helps.pairs);
    expect(report.bound).toContain('P(any false promotion among the 1 candidate of this cycle) ≤ 5 %');
  });

  it('calls a harmful rule harmful and a useless one futile', async () => {
    const { input } = world(['hurts', 'idle'], (rules) => (rules.has('hurts') ? 0 : 0.9));
    const report = await createRaceValidator({ runsBudget: 2_000, ladder: false }).validate(input);
    expect(reportOf(report, 'hurts').status).toBe('harmful');
    expect(reportOf(report, 'hurts').reason).toMatch(/lowers outcomes by -\d+\.\d points: E = /);
    expect(reportOf(report, 'idle').status).toBe('futile');
    expect(reportOf(report, 'idle').logEFutility).toBeGreaterThanOrEqual(Math.log(10));
  });

  it('tests against the rules in force, never against nothing', async () => {
    const incumbent = simulatedRule('old');
    const same = (rules: ReadonlySet<string>): number => (rules.has('old') || rules.has('twin') ? 0.9 : 0.2);
    const { input } = world(['twin', 'old'], same);
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
    const { input } = world(['one', 'two'], (rules) => (rules.size > 0 ? 0.9 : 0.2));
    const report = await createRaceValidator({ runsBudget: 3_000 }).validate(input);
    const [winner, other] = report.reports.toSorted((a, b) => a.period - b.period);
    expect(winner).toMatchObject({ status: 'promoted', period: 0 });
    expect(other).toMatchObject({ status: 'futile', period: 1, alphaPeriod: 0.025 });
    expect(other?.logEThreshold).toBeCloseTo(Math.log(80), 12);
    expect(other?.incumbentHash).not.toBe(winner?.incumbentHash);
  });

  it('re-opens a stopped rule when a promotion makes it useful', async () => {
    const { input } = world(['first', 'second'], (rules) =>
      rules.has('first') ? (rules.has('second') ? 0.95 : 0.5) : 0.05,
    );
    const report = await createRaceValidator({ runsBudget: 3_000, lanes: 2 }).validate(input);
    expect(report.reports.map((each) => each.status)).toEqual(['promoted', 'promoted']);
    expect(reportOf(report, 'second').period).toBe(1);
  });

  it('defers a rule whose baseline was changed in every period', async () => {
    const { input } = world(['one', 'two'], (rules) => 0.1 + 0.4 * rules.size);
    const report = await createRaceValidator({ runsBudget: 3_000, periodsMax: 1 }).validate(input);
    expect(report.reports.map((each) => each.status).toSorted()).toEqual(['deferred', 'promoted']);
  });

  it('re-opens futile rules once, at a smaller lift worth finding', async () => {
    const idle = (): number => 0.5;
    const options = { runsBudget: 2_000, passesMax: 20, pairsMax: 800 };
    const without = await createRaceValidator({ ...options, ladder: false }).validate(
      world(['a'], idle).input,
    );
    expect(reportOf(without, 'a').reason).toMatch(/^a lift of \+20\.0 points is ruled out/);
    const climbed = await createRaceValidator(options).validate(world(['a'], idle).input);
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
    const { input } = world(['mixed'], mixed, { cases });
    const blind = await createRaceValidator({ runsBudget: 2_000, sliceGuard: false }).validate(input);
    expect(reportOf(blind, 'mixed').status).toBe('promoted');
    const guarded = await createRaceValidator({ runsBudget: 2_000 }).validate(input);
    expect(reportOf(guarded, 'mixed').status).toBe('inconclusive');
    expect(reportOf(guarded, 'mixed').reason).toContain('slice refunds is perhaps harmed');
  });

  it('never uses a baseline run twice for one candidate, and shares them between candidates', async () => {
    const alone = world(['a'], () => 0.5);
    const log = recorded(alone.input.trials);
    await createRaceValidator({ runsBudget: 2_000, mde: 0.9, pairsMax: 1_000 }).validate({
      ...alone.input,
      ...log,
    });
    const counts = new Map<string, { baseline: number; treatment: number }>();
    for (const { caseId, purpose } of log.calls.flat()) {
      const count = counts.get(caseId) ?? { baseline: 0, treatment: 0 };
      if (purpose !== 'evaluation') count[purpose] += 1;
      counts.set(caseId, count);
    }
    expect([...counts.values()].filter((count) => count.baseline !== 2 * count.treatment)).toEqual([]);

    const shared = world(['a', 'b'], () => 0.5);
    const both = recorded(shared.input.trials);
    await createRaceValidator({ runsBudget: 2_000, ladder: false }).validate({ ...shared.input, ...both });
    const of = (purpose: string): number =>
      both.calls.flat().filter((spec) => spec.purpose === purpose).length;
    expect(of('baseline')).toBeLessThan(1.5 * of('treatment'));
  });

  it('runs both arms of a batch in one call, in random order', async () => {
    const { input } = world(['a', 'b', 'c'], () => 0.5);
    const log = recorded(input.trials);
    await createRaceValidator({ runsBudget: 100, lanes: 3 }).validate({ ...input, ...log });
    const first = log.calls[0]?.map((spec) => spec.purpose) ?? [];
    expect(first.filter((purpose) => purpose === 'treatment').length).toBe(24);
    const sorted = first.toSorted();
    expect(first).not.toEqual(sorted);
    expect(first).not.toEqual(sorted.toReversed());
  });

  it('never uses more trials than its budget', async () => {
    for (const runsBudget of [0, 1, 2, 3, 10, 37, 100, 251]) {
      const { input, trials } = world(['a', 'b', 'c'], (rules) => (rules.has('a') ? 0.6 : 0.5));
      const report = await createRaceValidator({ runsBudget }).validate(input);
      expect(trials()).toBeLessThanOrEqual(runsBudget);
      expect(report.runsUsed).toBe(trials());
      expect(reportOf(report, 'b')).toMatchObject({ status: 'deferred' });
      expect(reportOf(report, 'b').reason).toContain(`the budget of ${runsBudget} trials was used up`);
    }
  });

  it('uses one baseline run per pair where trials are scarce, else two', async () => {
    for (const [runsBudget, perPair] of [
      [239, 1],
      [240, 2],
    ] as const) {
      const { input } = world(['a', 'b'], () => 0.5);
      const report = await createRaceValidator({ runsBudget }).validate(input);
      const { runs, pairs } = reportOf(report, 'a');
      expect(runs.baselineShared).toBe(perPair * pairs);
    }
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
    const { input, trials } = world([], () => 0.5, { candidates: [taught], cases });
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
    const { input } = world(['a'], () => 0.5, { triggers: (_, caseId) => caseId < 'case-10' });
    const log = recorded(input.trials);
    const report = await createRaceValidator({ runsBudget: 300 }).validate({ ...input, ...log });
    expect(reportOf(report, 'a')).toMatchObject({ triggeredTasks: 10, coverage: 0.25 });
    expect(log.calls.flat().every((spec) => spec.caseId < 'case-10')).toBe(true);
  });

  it('has nothing to say without candidates or cases', async () => {
    const none = world([], () => 0.5);
    expect(await createRaceValidator({ runsBudget: 100 }).validate(none.input)).toMatchObject({
      candidates: 0,
      runsUsed: 0,
      icc: null,
      reports: [],
      bound: 'no candidate was tested, so none can be promoted falsely',
    });
    const empty = world(['a'], () => 0.5, { cases: [] });
    const report = await createRaceValidator({ runsBudget: 100 }).validate(empty.input);
    expect(reportOf(report, 'a')).toMatchObject({ status: 'needs_more_eval', coverage: 0 });
  });

  it('drops void pairs, counts them per arm, and gives up a rule whose runs give nothing', async () => {
    const { input } = world(['breaks', 'helps'], (rules) => (rules.has('helps') ? 0.9 : 0.2));
    const trials: TrialRunner = {
      run: async (specs) => {
        const results = await input.trials.run(specs);
        return results.map((result, i) => (specs[i]?.rules.includes('breaks@1') ? VOID : result));
      },
    };
    const report = await createRaceValidator({ runsBudget: 2_000 }).validate({ ...input, trials });
    const breaks = reportOf(report, 'breaks');
    expect(breaks).toMatchObject({ status: 'inconclusive', pairs: 0 });
    expect(breaks.voidPairs.baseline).toBe(0);
    expect(breaks.voidPairs.treatment).toBe(breaks.runs.treatment);
    expect(breaks.runs.treatment).toBeLessThanOrEqual(80);
    expect(reportOf(report, 'helps').status).toBe('promoted');
  });

  it('does not promote a rule that makes runs disappear', async () => {
    // Most failures with the rule give no result: what is left looks better than it is.
    const { input } = world(['hides'], () => 0.6);
    let failures = 0;
    const trials: TrialRunner = {
      run: async (specs) => {
        const results = await input.trials.run(specs);
        return results.map((result, i) => {
          if (specs[i]?.purpose !== 'treatment' || result.kind === 'void' || result.score === 1)
            return result;
          failures += 1;
          return failures % 20 === 0 ? result : VOID;
        });
      },
    };
    const report = await createRaceValidator({ runsBudget: 2_000 }).validate({ ...input, trials });
    const hides = reportOf(report, 'hides');
    expect(hides.logE).toBeGreaterThan(hides.logEThreshold);
    expect(hides.status).toBe('inconclusive');
    expect(hides.reason).toMatch(/\d+ of \d+ runs with the rule gave no result, 0 without it/);
  });

  it('stops soon when the runner judges nothing at all', async () => {
    const { input } = world(['a', 'b'], () => 0.5);
    let count = 0;
    const trials: TrialRunner = {
      run: (specs) => {
        count += specs.length;
        return Promise.resolve(specs.map(() => VOID));
      },
    };
    const report = await createRaceValidator({ runsBudget: 100_000 }).validate({ ...input, trials });
    expect(count).toBeLessThan(150);
    expect(reportOf(report, 'a')).toMatchObject({ status: 'deferred', pairs: 0 });
    expect(reportOf(report, 'a').reason).toMatch(/the last \d+ trials gave no result/);
  });

  it.each(['rejects', 'answers'])('stops when the signal aborts and the runner %s', async (how) => {
    const { input } = world(['helps', 'idle'], (rules) => (rules.has('helps') ? 0.6 : 0.5));
    const controller = new AbortController();
    let calls = 0;
    const trials: TrialRunner = {
      run: (specs, signal) => {
        calls += 1;
        if (calls === 3) controller.abort(new Error('enough'));
        if (calls === 3 && how === 'rejects') return Promise.reject(signal?.reason);
        return input.trials.run(specs);
      },
    };
    const report = await createRaceValidator({ runsBudget: 5_000, confirmRuns: 100 }).validate({
      ...input,
      trials,
      signal: controller.signal,
    });
    expect(calls).toBe(3);
    expect(report.reports.map((each) => each.status)).toEqual(['deferred', 'deferred']);
    expect(reportOf(report, 'idle').reason).toContain('the cycle was stopped');
  });

  it('keeps what was proven when the runner fails later', async () => {
    const { input } = world(['helps', 'idle'], (rules) => (rules.has('helps') ? 1 : 0.1));
    let calls = 0;
    const trials: TrialRunner = {
      run: (specs) => {
        calls += 1;
        return calls > 3 ? Promise.reject(new Error('no runner')) : input.trials.run(specs);
      },
    };
    const report = await createRaceValidator({ runsBudget: 2_000, confirmRuns: 64 }).validate({
      ...input,
      trials,
    });
    expect(reportOf(report, 'helps')).toMatchObject({ status: 'promoted', lift: { confirmed: null } });
    expect(calls).toBe(4);
    expect(reportOf(report, 'idle').status).toBe('deferred');
    expect(reportOf(report, 'idle').reason).toContain('the trials could not be run (no runner)');
  });

  it('gives its trials to the most promising candidate, wherever it stands in the list', async () => {
    const ids = Array.from({ length: 10 }, (_, i) => (i === 9 ? 'helps' : `idle-${i}`));
    const { input } = world(ids, (rules) => (rules.has('helps') ? 0.9 : 0.3));
    const report = await createRaceValidator({ runsBudget: 450 }).validate(input);
    expect(reportOf(report, 'helps').status).toBe('promoted');
  });

  it('rejects when no trial can be run, and refuses results that break its contract', async () => {
    const { input } = world(['a'], () => 0.5);
    const validate = (run: TrialRunner['run']): Promise<CycleReport> =>
      createRaceValidator({ runsBudget: 100 }).validate({ ...input, trials: { run } });
    await expect(validate(() => Promise.reject(new Error('no disk')))).rejects.toThrow('no disk');
    await expect(validate(() => Promise.resolve([]))).rejects.toThrow(/expected 16 results, .* got 0/);
    const wild: TrialResult = {
      kind: 'scored',
      trialId: 't7',
      score: 7,
      output: '',
      error: '',
      durationMs: 0,
    };
    await expect(validate((specs) => Promise.resolve(specs.map(() => wild)))).rejects.toThrow(
      'trial t7: expected a score in [0, 1], got 7',
    );
  });

  it('uses graded scores as they are', async () => {
    const { input } = world(['helps'], () => 0);
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
      const { input, trials } = world(['helps'], helps);
      const report = await createRaceValidator({ runsBudget: 400, confirmRuns }).validate(input);
      const { runs, lift } = reportOf(report, 'helps');
      expect(runs.confirm).toBe(spent);
      expect(trials()).toBe(report.runsUsed + spent);
      expect(lift.confirmed === null).toBe(spent === 0);
    }
  });

  it('controls the false discovery rate when asked, with weights that sum to 1', async () => {
    const { input } = world(['one', 'two'], (rules) => 0.1 + 0.4 * rules.size);
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

  it('tells its progress after every round', async () => {
    const { input } = world(['helps', 'idle'], (rules) => (rules.has('helps') ? 0.9 : 0.2));
    const seen: { runsUsed: number; active: number; promoted: number }[] = [];
    const report = await createRaceValidator({ runsBudget: 500 }).validate({
      ...input,
      onProgress: (progress) => seen.push(progress),
    });
    expect(seen.map((each) => each.runsUsed)).toEqual(
      seen.map((each) => each.runsUsed).toSorted((a, b) => a - b),
    );
    expect(seen.at(-1)).toMatchObject({ runsUsed: report.runsUsed, runsBudget: 500, promoted: 1 });
  });

  it('refuses options out of range, all at once', () => {
    expect(() => createRaceValidator({ runsBudget: -1, alpha: 2, batchTasks: 0.5 })).toThrow(
      'race options: runsBudget: expected an integer of at least 0, got -1; batchTasks: expected an integer of at least 1, got 0.5; alpha: expected a number in (0, 1), got 2',
    );
  });
});

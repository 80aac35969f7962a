import { describe, expect, it } from 'vitest';
import type { TrialResult, TrialRunner } from '../trials/trial-runner.ts';
import { flatWorld, recorded, reportOf } from './flat-world.testing.ts';
import { createRaceValidator } from './race.ts';
import type { CycleReport } from './validator.ts';

const VOID: TrialResult = { kind: 'void', trialId: 'v', reason: 'runner died' };

describe('race validator in poor situations and at its limits', () => {
  it('runs both arms of a batch in one call, in random order', async () => {
    const { input } = flatWorld(['a', 'b', 'c'], () => 0.5);
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
      const { input, trials } = flatWorld(['a', 'b', 'c'], (rules) => (rules.has('a') ? 0.6 : 0.5));
      const report = await createRaceValidator({ runsBudget }).validate(input);
      expect(trials()).toBeLessThanOrEqual(runsBudget);
      expect(report.runsUsed).toBe(trials());
      expect(reportOf(report, 'b')).toMatchObject({ status: 'deferred' });
      expect(reportOf(report, 'b').reason).toContain(`the budget of ${runsBudget} trials was used up`);
    }
  });

  it('has nothing to say without candidates or cases', async () => {
    const none = flatWorld([], () => 0.5);
    expect(await createRaceValidator({ runsBudget: 100 }).validate(none.input)).toMatchObject({
      candidates: 0,
      runsUsed: 0,
      icc: null,
      reports: [],
      bound: 'no candidate was tested, so none can be promoted falsely',
    });
    const empty = flatWorld(['a'], () => 0.5, { cases: [] });
    const report = await createRaceValidator({ runsBudget: 100 }).validate(empty.input);
    expect(reportOf(report, 'a')).toMatchObject({ status: 'needs_more_eval', coverage: 0 });
  });

  it('drops void pairs, counts them per arm, and gives up a rule whose runs give nothing', async () => {
    const { input } = flatWorld(['breaks', 'helps'], (rules) => (rules.has('helps') ? 0.9 : 0.2));
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
    const { input } = flatWorld(['hides'], () => 0.6);
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
    const report = await createRaceValidator({ runsBudget: 2_000, alpha: 0.005 }).validate({
      ...input,
      trials,
    });
    const hides = reportOf(report, 'hides');
    expect(hides.logE).toBeGreaterThan(hides.logEThreshold);
    expect(hides.status).toBe('inconclusive');
    expect(hides.reason).toMatch(/\d+ of \d+ runs with the rule gave no result, 0 without it/);
  });

  it('stops soon when the runner judges nothing at all', async () => {
    const { input } = flatWorld(['a', 'b'], () => 0.5);
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
    const { input } = flatWorld(['helps', 'idle'], (rules) => (rules.has('helps') ? 0.6 : 0.5));
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
    const { input } = flatWorld(['helps', 'idle'], (rules) => (rules.has('helps') ? 1 : 0.1));
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

  it('rejects when no trial can be run, and refuses results that break its contract', async () => {
    const { input } = flatWorld(['a'], () => 0.5);
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

  it('tells its progress after every round', async () => {
    const { input } = flatWorld(['helps', 'idle'], (rules) => (rules.has('helps') ? 0.9 : 0.2));
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

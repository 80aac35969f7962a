import { describe, expect, it } from 'vitest';
import type { TrialResult, TrialRunner } from '../trials/trial-runner.ts';
import { flatWorld, recorded, reportOf } from './flat-world.testing.ts';
import { createRaceValidator } from './race.ts';

describe('the control that is compared with itself', () => {
  it.each(['race', 'factorial'] as const)('costs little and changes no verdict: %s', async (mode) => {
    const { input } = flatWorld(['helps', 'idle'], (rules) => (rules.has('helps') ? 0.9 : 0.3));
    const log = recorded(input.trials);
    const options = { runsBudget: 900, mode, sentinel: true } as const;
    const report = await createRaceValidator(options).validate({ ...input, ...log });
    expect(report).toMatchObject({ candidates: 2, sentinel: { isVoid: false } });
    expect(report.sentinel?.pairs).toBeGreaterThan(10);
    expect(report.runsUsed).toBeLessThanOrEqual(900);
    expect(reportOf(report, 'helps').status).toBe('promoted');
    expect(report.reports.map(({ ruleId }) => ruleId).toSorted()).toEqual(['helps', 'idle']);
    expect(log.calls.flat().filter(({ rules }) => rules.some((rule) => rule.startsWith('sentinel')))).toEqual(
      [],
    );
  });

  it('voids a cycle in which trials with a candidate are judged kindlier, whatever the rules', async () => {
    const { input } = flatWorld(['one', 'two'], () => 0);
    const trials: TrialRunner = {
      run: (specs) =>
        Promise.resolve(
          specs.map((spec, i): TrialResult => {
            const score = spec.purpose === 'treatment' ? 1 : 0;
            return { kind: 'scored', trialId: `t${i}`, score, output: '', error: '', durationMs: 0 };
          }),
        ),
    };
    const options = { runsBudget: 2_000 };
    const blind = await createRaceValidator(options).validate({ ...input, trials });
    expect(blind).toMatchObject({ sentinel: null });
    expect(blind.reports.map(({ status }) => status)).toContain('promoted');
    const watched = await createRaceValidator({ ...options, sentinel: true }).validate({ ...input, trials });
    expect(watched.sentinel?.isVoid).toBe(true);
    expect(watched.reports.map(({ status }) => status)).toEqual(['deferred', 'deferred']);
    expect(watched.reports[0]?.reason).toContain('the control differed from itself');
  });
});

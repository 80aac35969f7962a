import { describe, expect, it } from 'vitest';
import { flatWorld, reportOf } from './flat-world.testing.ts';
import { createRaceValidator } from './race.ts';
import { simulatedCase, simulatedRule } from './simulated-world.testing.ts';

/** What a change that looks harmless would break; each of these fails with it. Others stand beside what they are about. */
describe('the gate stays what it is', () => {
  it('asks more of one of twenty candidates than of one alone', async () => {
    // Eight cases, one pass, all gains: E = 74, enough alone at 20, not among twenty at 400.
    const cases = Array.from({ length: 8 }, (_, i) => simulatedCase(`case-${i}`));
    const options = { runsBudget: 2_000, passesMax: 1, baselineRuns: 1, ladder: false } as const;
    const succeeds = (rules: ReadonlySet<string>): number => (rules.has('helps') ? 1 : 0);
    const alone = flatWorld(['helps'], succeeds, { cases });
    const single = await createRaceValidator(options).validate(alone.input);
    expect(reportOf(single, 'helps').status).toBe('promoted');
    const others = Array.from({ length: 19 }, (_, i) => `idle-${i}`);
    const among = flatWorld(['helps', ...others], succeeds, { cases });
    const many = await createRaceValidator(options).validate(among.input);
    const helps = reportOf(many, 'helps');
    expect(helps).toMatchObject({ status: 'inconclusive', gains: 8, losses: 0 });
    expect(helps.logE).toBeGreaterThan(Math.log(20));
    expect(helps.logEThreshold).toBeCloseTo(Math.log(400), 12);
  });

  it('expects of a factorial trial what was known before it', async () => {
    // All sixteen trials of the only round are expected to score ½: what comes of them is no news about themselves.
    const { input } = flatWorld(['a'], () => 1);
    const report = await createRaceValidator({ runsBudget: 16, mode: 'factorial' }).validate(input);
    const { pairs, gains, losses, lift } = reportOf(report, 'a');
    expect([pairs, gains + losses]).toEqual([16, 16]);
    // Each increment is ±½, and a lift is twice the mean increment.
    expect(lift.raw).toBeCloseTo((gains - losses) / 16, 12);
  });

  it.each(['race', 'factorial'] as const)(
    'runs trials of what is promising, not of what stands first: %s',
    async (mode) => {
      // Every rule has ten cases of its own, so that a trial is about one of them.
      const ids = [...Array.from({ length: 9 }, (_, i) => `idle-${i}`), 'helps'];
      const { input } = flatWorld(ids, (rules) => (rules.has('helps') ? 0.95 : 0.2), {
        candidates: ids.map((id) => simulatedRule(id)),
        cases: Array.from({ length: 100 }, (_, i) => simulatedCase(`case-${String(i).padStart(2, '0')}`)),
        triggers: (rule, caseId) => Math.floor(Number(caseId.slice(5)) / 10) === ids.indexOf(rule.id),
      });
      const options = { runsBudget: 400, mode, ladder: false, baselineRuns: 1, passesMax: 8 } as const;
      const report = await createRaceValidator(options).validate(input);
      expect(reportOf(report, 'helps').status).toBe('promoted');
    },
  );

  it('publishes less than the raw lift before there is a confirmed one', async () => {
    const { input } = flatWorld(['helps'], (rules) => (rules.has('helps') ? 0.85 : 0.4));
    const report = await createRaceValidator({ runsBudget: 1_000 }).validate(input);
    const { lift, status } = reportOf(report, 'helps');
    expect(status).toBe('promoted');
    expect(lift.provisional).toBeLessThan(lift.raw);
    expect(lift.confirmed).toBeNull();
  });
});

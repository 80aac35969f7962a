import { describe, expect, it } from 'vitest';
import { flatWorld, recorded, reportOf } from './flat-world.testing.ts';
import { createRaceValidator } from './race.ts';
import { independentWorld, simulatedCase } from './simulated-world.testing.ts';
import type { CycleReport } from './validator.ts';

const mode = 'factorial';

function promoted(report: CycleReport): string[] {
  return report.reports.flatMap((each) => (each.status === 'promoted' ? [each.ruleId] : []));
}

/** Simulated cycles take about a second each on a busy machine, ms. */
const TIMEOUT_MS = 60_000;

describe('factorial mode', { timeout: TIMEOUT_MS }, () => {
  it('tells helpful, harmful and useless rules apart with the same trials', async () => {
    const { input } = flatWorld(['helps', 'hurts', 'idle'], (rules) =>
      rules.has('hurts') ? 0.1 : rules.has('helps') ? 0.95 : 0.4,
    );
    const report = await createRaceValidator({ runsBudget: 1_500, mode, ladder: false }).validate(input);
    expect(report.mode).toBe('factorial');
    expect(report.reports.map(({ status }) => status)).toEqual(['promoted', 'harmful', 'futile']);
    const helps = reportOf(report, 'helps');
    expect(helps.logE).toBeGreaterThanOrEqual(Math.log(60));
    expect(helps.runs).toMatchObject({ treatment: helps.pairs, baselineShared: 0 });
    expect(helps.lift.confidenceSequence[0]).toBeGreaterThan(0);
    expect(helps.lift.confidenceSequence[1]).toBeLessThanOrEqual(1);
    const informed = report.reports.reduce((sum, { pairs }) => sum + pairs, 0);
    expect(report.runsUsed).toBeLessThan(informed);
  });

  it('includes each candidate by a fair coin of its own, in trials under the rules in force', async () => {
    const { input } = flatWorld(['a', 'b', 'c'], () => 0.5);
    const log = recorded(input.trials);
    const options = { runsBudget: 600, mode, mde: 0.02, ladder: false } as const;
    const report = await createRaceValidator(options).validate({ ...input, ...log });
    const specs = log.calls.flat().filter((spec) => spec.place?.coins.length === 3);
    const share = (of: (rules: readonly string[]) => boolean): number =>
      specs.filter((spec) => of(spec.rules)).length / specs.length;
    expect(specs.length).toBeGreaterThan(40);
    for (const rule of ['a@1', 'b@1', 'c@1']) {
      // Five standard deviations of a fair coin.
      expect(Math.abs(share((rules) => rules.includes(rule)) - 0.5)).toBeLessThan(
        2.5 / Math.sqrt(specs.length),
      );
    }
    const both = share((rules) => rules.includes('a@1') && rules.includes('b@1'));
    expect(Math.abs(both - 0.25)).toBeLessThan(2.2 / Math.sqrt(specs.length));
    expect(report.runsUsed).toBe(log.calls.flat().length);
    expect(report.runsUsed).toBeLessThanOrEqual(600);
    for (const call of log.calls) expect(new Set(call.map(({ caseId }) => caseId)).size).toBe(call.length);
  });

  it('finds rules that help only together', async () => {
    const together = (rules: ReadonlySet<string>): number =>
      rules.has('key') && rules.has('lock') ? 0.95 : 0.1;
    const options = { runsBudget: 900 } as const;
    const ids = ['key', 'lock', 'idle'];
    const race = await createRaceValidator(options).validate(flatWorld(ids, together).input);
    expect(promoted(race)).toEqual([]);
    const report = await createRaceValidator({ ...options, mode }).validate(flatWorld(ids, together).input);
    expect(promoted(report)).toEqual(['key', 'lock']);
  });

  it('promotes one of two rules that say the same', async () => {
    const { input } = flatWorld(['one', 'two'], (rules) => (rules.size > 0 ? 0.9 : 0.2));
    const report = await createRaceValidator({ runsBudget: 2_000, mode }).validate(input);
    expect(promoted(report)).toHaveLength(1);
  });

  it('is chosen by itself where there are 60 trials per candidate', async () => {
    for (const [runsBudget, chosen] of [
      [119, 'race'],
      [120, 'factorial'],
    ] as const) {
      const { input } = flatWorld(['a', 'b'], () => 0.5);
      const report = await createRaceValidator({ runsBudget, mode: 'auto' }).validate(input);
      expect(report.mode).toBe(chosen);
      expect(report.runsUsed).toBeLessThanOrEqual(runsBudget);
    }
  });

  it('keeps a rule out that harms a slice', async () => {
    const cases = Array.from({ length: 60 }, (_, i) =>
      simulatedCase(`case-${i}`, { tags: [i % 4 === 0 ? 'refunds' : 'orders'] }),
    );
    const { input } = flatWorld(
      ['mixed'],
      (rules, caseId) =>
        rules.has('mixed')
          ? Number(caseId.slice(5)) % 4 === 0
            ? 0
            : 1
          : Number(caseId.slice(5)) % 4 === 0
            ? 0.6
            : 0.3,
      { cases },
    );
    const blind = await createRaceValidator({ runsBudget: 800, mode, sliceGuard: false }).validate(input);
    expect(promoted(blind)).toEqual(['mixed']);
    const guarded = await createRaceValidator({ runsBudget: 800, mode }).validate(input);
    expect(promoted(guarded)).toEqual([]);
  });

  it('promotes nothing useless and most of what helps, over worlds with known effects', async () => {
    let found = 0;
    let wrong = 0;
    const cycles = 4;
    const effects = [0.8, 0.6, 0.5, -0.5, ...Array.from({ length: 11 }, () => 0)];
    for (let i = 0; i < cycles; i += 1) {
      const plan = { seed: `factorial ${i}`, cases: 200, coverage: 0.15, mean: 0.5, icc: 0.4, effects };
      const ids = promoted(
        await createRaceValidator({ runsBudget: 1_500, mode }).validate(independentWorld(plan).input),
      );
      const good = ids.filter((id) => ['rule-0', 'rule-1', 'rule-2'].includes(id));
      found += good.length;
      wrong += ids.length - good.length;
    }
    expect(found).toBeGreaterThanOrEqual(0.8 * 3 * cycles);
    expect(wrong).toBe(0);
  });

  it('gives the same report for the same seed and outcomes', async () => {
    const run = (seed: string): Promise<CycleReport> => {
      const { input } = independentWorld({
        seed: 'same',
        cases: 80,
        coverage: 0.4,
        mean: 0.5,
        icc: 0.4,
        effects: [0.8, 0, -0.5],
      });
      return createRaceValidator({ runsBudget: 400, confirmRuns: 64, mode }).validate({ ...input, seed });
    };
    expect(await run('s')).toEqual(await run('s'));
    expect(await run('s')).not.toEqual(await run('t'));
  });
});

import { describe, expect, it } from 'vitest';
import type { StoredTrial } from '../trials/stored-trials.ts';
import { criticalTask, isOpenFlip, isVeto } from './critical-task.ts';
import { flatWorld, recorded, reportOf } from './flat-world.testing.ts';
import type { RaceOptions } from './race-options.ts';
import { createRaceValidator } from './race.ts';
import { recomputeCycle } from './recompute.ts';
import { simulatedCase } from './simulated-world.testing.ts';
import type { CycleReport } from './validator.ts';

const CRITICAL = 'case-07';
const cases = Array.from({ length: 40 }, (_, index) => {
  const id = `case-${String(index).padStart(2, '0')}`;
  return simulatedCase(id, { tags: id === CRITICAL ? ['critical'] : [] });
});
const tagsOf = (caseId: string): readonly string[] => cases.find(({ id }) => id === caseId)?.tags ?? [];

/** A rule that lifts every case by far, but for the critical one. */
async function judge(
  critical: { readonly without: number; readonly with: number },
  options: Partial<RaceOptions> = {},
): Promise<{ cycle: CycleReport; stored: StoredTrial[] }> {
  const { input } = flatWorld(
    ['r'],
    (rules, caseId) =>
      caseId === CRITICAL ? critical[rules.size === 0 ? 'without' : 'with'] : rules.size === 0 ? 0.3 : 0.9,
    { cases },
  );
  const stored: StoredTrial[] = [];
  const cycle = await createRaceValidator({ runsBudget: 900, alpha: 0.001, ...options }).validate({
    ...input,
    trials: {
      run: async (specs, signal) => {
        const results = await input.trials.run(specs, signal);
        for (const [index, { caseId, rules, place, purpose }] of specs.entries()) {
          const result = results[index];
          if (place === undefined || result?.kind !== 'scored') throw new Error('a trial without its place');
          const { score, trialId } = result;
          const side = purpose === 'baseline' ? purpose : 'treatment';
          stored.push({ trialId, caseId, purpose: side, rules, score, place });
        }
        return results;
      },
    },
  });
  return { cycle, stored };
}

const reruns = (stored: readonly StoredTrial[]): StoredTrial[] =>
  stored.filter(({ place }) => place.phase === 'rerun');

describe.each(['race', 'factorial'] as const)('critical tasks, %s', (mode) => {
  it('a task that always flips vetoes, after its reruns', async () => {
    const { cycle, stored } = await judge({ without: 1, with: 0 }, { mode });
    const report = reportOf(cycle, 'r');
    expect(report.status).toBe('inconclusive');
    expect(report.reason).toContain(`critical task ${CRITICAL} is harmed: E = `);
    expect(report.logE).toBeGreaterThan(Math.log(20));
    expect(report.logECritical).toBeGreaterThanOrEqual(Math.log(20));
    expect(reruns(stored).length % 6).toBe(0);
    expect(reruns(stored).length).toBeGreaterThan(0);
    expect(new Set(reruns(stored).map(({ caseId }) => caseId))).toEqual(new Set([CRITICAL]));
    expect(cycle.runsUsed).toBe(stored.length);
    expect(recomputeCycle(cycle, stored, tagsOf)).toMatchObject({ equal: true });
  });

  it('a flaky task never vetoes, whatever flips', async () => {
    const { cycle, stored } = await judge({ without: 0.5, with: 0.5 }, { mode });
    expect(reportOf(cycle, 'r').status).toBe('promoted');
    expect(recomputeCycle(cycle, stored, tagsOf)).toMatchObject({ equal: true });
  });

  it('a task that is not tagged is not looked into', async () => {
    const plain = cases.map((one) => ({ ...one, tags: [] }));
    const { input } = flatWorld(
      ['r'],
      (rules, caseId) => (caseId === CRITICAL ? 0.5 : rules.size === 0 ? 0.3 : 0.9),
      {
        cases: plain,
      },
    );
    const log = recorded(input.trials);
    await createRaceValidator({ runsBudget: 900, mode }).validate({ ...input, ...log });
    expect(log.calls.flat().filter(({ place }) => place?.phase === 'rerun')).toEqual([]);
  });
});

it('an invented veto, and one that was left out, are found when the verdict is recomputed', async () => {
  const { cycle, stored } = await judge({ without: 1, with: 0 });
  const promoted = structuredClone(cycle.reports).map((report) => ({
    ...report,
    status: 'promoted' as const,
    logECritical: 0,
  }));
  const recomputed = recomputeCycle({ ...cycle, reports: promoted }, stored, tagsOf);
  expect(recomputed.verdicts[0]?.holds).toBe(false);
  expect(recomputed.verdicts[0]?.differences.map(({ name }) => name)).toEqual(['logECritical']);
});

describe('a flip', () => {
  const worse = (count: number): number[] => Array.from({ length: count }, () => -1);

  it('is from passed to failed: a run of a flaky baseline is none', () => {
    expect(criticalTask('c', [0, 1, -0.5], 1)).toBeUndefined();
    expect(criticalTask('c', [0, -1], 1)).toMatchObject({ flips: 1 });
    expect(criticalTask('c', [0, -0.3], 2)).toMatchObject({ flips: 1 });
  });

  it('is looked into twice at most; only when all pairs go wrong does it veto', () => {
    const once = criticalTask('c', worse(1), 1, { times: 1, differences: worse(3) });
    expect(once && [isOpenFlip(once), isVeto(once)]).toEqual([true, false]);
    const twice = criticalTask('c', worse(1), 1, { times: 2, differences: worse(6) });
    expect(twice && [isOpenFlip(twice), isVeto(twice)]).toEqual([false, true]);
    const flaky = criticalTask('c', worse(1), 1, { times: 1, differences: [0, 0, 0] });
    expect(flaky && [isOpenFlip(flaky), isVeto(flaky)]).toEqual([false, false]);
    const mixed = criticalTask('c', [...worse(3), 0], 1, { times: 2, differences: [-1, 0, 1, -1, 0, -1] });
    expect(mixed && isVeto(mixed)).toBe(false);
  });
});

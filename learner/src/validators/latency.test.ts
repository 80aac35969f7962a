import { expect, it } from 'vitest';
import type { TrialRunner } from '../trials/trial-runner.ts';
import type { JudgedRun } from './compared-runs.ts';
import { flatWorld, reportOf } from './flat-world.testing.ts';
import { latencyAdded } from './latency.ts';
import { createRaceValidator } from './race.ts';
import type { CandidateReport } from './validator.ts';

const PLAIN_MS = 100;
const SLOW_MS = 900;

/** A rule that helps, and with which one run in five takes longer. */
async function judge(mode: 'race' | 'factorial', latencyAddedMaxMs?: number): Promise<CandidateReport> {
  const { input } = flatWorld(['slow'], (rules) => (rules.has('slow') ? 0.95 : 0.3));
  let treated = 0;
  const trials: TrialRunner = {
    run: async (specs, signal) => {
      const results = await input.trials.run(specs, signal);
      return results.map((result, index) => {
        if (specs[index]?.rules.includes('slow@1') !== true) return { ...result, durationMs: PLAIN_MS };
        treated += 1;
        return { ...result, durationMs: treated % 5 === 0 ? SLOW_MS : PLAIN_MS };
      });
    },
  };
  const limit = latencyAddedMaxMs === undefined ? {} : { latencyAddedMaxMs };
  const validator = createRaceValidator({ runsBudget: 1_200, mode, ...limit });
  return reportOf(await validator.validate({ ...input, trials }), 'slow');
}

it.each(['race', 'factorial'] as const)(
  'a rule that makes runs too slow is not promoted: %s',
  async (mode) => {
    const added = SLOW_MS - PLAIN_MS;
    const unlimited = await judge(mode);
    expect(unlimited.status).toBe('promoted');
    expect(await judge(mode, added)).toMatchObject({ status: 'promoted', latencyAddedMs: added });
    const tooSlow = await judge(mode, added - 1);
    expect(tooSlow).toMatchObject({ latencyAddedMs: added });
    expect(tooSlow.status).not.toBe('promoted');
    expect(tooSlow.logE).toBeGreaterThan(tooSlow.logEThreshold);
  },
);

it('says nothing from a few runs', () => {
  const runs = (factor: number): JudgedRun[] =>
    Array.from({ length: 20 }, (_, i) => ({ trialId: `${i}`, durationMs: factor * (i + 1) }));
  expect(latencyAdded({ with: runs(1), without: runs(1).slice(1) })).toBeNull();
  expect(latencyAdded({ with: runs(10), without: runs(1) })).toBe(190 - 19);
});

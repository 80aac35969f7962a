import { describe, expect, it } from 'vitest';
import { fixesNothing, type ReplayResult, type RunReplay } from '../replays/run-replay.ts';
import { flatWorld, reportOf } from './flat-world.testing.ts';
import { createRaceValidator } from './race.ts';
import type { CycleReport } from './validator.ts';

function replaysOf(ruleId: string, ...results: readonly ReplayResult[]): RunReplay[] {
  return results.map((result, index) => ({
    ruleId,
    ruleVersion: 1,
    runId: `run-${index}`,
    result,
    reason: '',
    answered: 1,
    traceId: '',
  }));
}

describe('a candidate is dropped for its replays', () => {
  it.each<readonly [boolean, readonly ReplayResult[]]>([
    [true, ['not_fixed', 'not_fixed']],
    [true, ['not_fixed', 'not_fixed', 'not_replayable']],
    [false, []],
    [false, ['not_fixed']],
    [false, ['not_fixed', 'not_fixed', 'diverged']],
    [false, ['not_fixed', 'not_fixed', 'fixed']],
    [false, ['not_replayable', 'not_replayable']],
  ])('%s: %j', (isDropped, results) => {
    expect(fixesNothing(replaysOf('a', ...results)) !== undefined).toBe(isDropped);
  });
});

describe.each(['race', 'factorial'] as const)('in a cycle, %s', (mode) => {
  const cycle = async (ids: readonly string[], replays: readonly RunReplay[]): Promise<CycleReport> => {
    const { input } = flatWorld(ids, (rules) => (rules.has('good') ? 0.95 : 0.4));
    // Two baseline runs whatever the number of candidates.
    return createRaceValidator({ mode, runsBudget: 900, baselineRuns: 2 }).validate({ ...input, replays });
  };

  it('replays are no evidence: every number of every report is the same without them', async () => {
    const without = await cycle(['good', 'null'], []);
    const fixed = replaysOf('null', 'fixed', 'fixed', 'fixed');
    const withReplays = await cycle(
      ['good', 'null'],
      [...fixed, ...replaysOf('good', 'diverged', 'not_fixed')],
    );
    expect(withReplays.replays).toHaveLength(5);
    expect({ ...withReplays, replays: [] }).toEqual(without);
    expect(reportOf(without, 'good').status).toBe('promoted');
    expect(reportOf(withReplays, 'null').status).not.toBe('promoted');
  });

  it('whoever fixed nothing does not compete: the others are tested as if it were not there', async () => {
    const alone = await cycle(['good'], []);
    const filtered = await cycle(['good', 'null'], replaysOf('null', 'not_fixed', 'not_fixed'));
    expect(reportOf(filtered, 'good')).toEqual(reportOf(alone, 'good'));
    expect(filtered.candidates).toBe(1);
    expect(reportOf(filtered, 'null')).toMatchObject({ status: 'rejected', pairs: 0, weight: 0 });
    expect(reportOf(filtered, 'null').reason).toContain('replay_fixed_nothing: 2 of the failed runs');
  });
});

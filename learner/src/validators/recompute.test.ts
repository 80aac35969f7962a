import { describe, expect, it } from 'vitest';
import type { StoredTrial } from '../trials/stored-trials.ts';
import type { TrialRunner } from '../trials/trial-runner.ts';
import { flatWorld } from './flat-world.testing.ts';
import type { RaceOptions } from './race-options.ts';
import { createRaceValidator } from './race.ts';
import { recomputeCycle } from './recompute.ts';
import { independentWorld, simulatedCase, type SimulatedWorld } from './simulated-world.testing.ts';
import type { CycleReport } from './validator.ts';

interface Judged {
  readonly report: CycleReport;
  readonly trials: readonly StoredTrial[];
}

/** Runs a cycle and keeps its trials as the store would; every tenth has no judgement, and the runner ends after `calls`. */
async function judge(world: SimulatedWorld, options: RaceOptions, calls: number = Infinity): Promise<Judged> {
  const trials: StoredTrial[] = [];
  let call = 0;
  const runner: TrialRunner = {
    async run(specs) {
      call += 1;
      const results = (await world.input.trials.run(specs)).map((result, index) =>
        (trials.length + index) % 10 === 0
          ? { kind: 'void' as const, trialId: result.trialId, reason: 'x' }
          : result,
      );
      for (const [index, { caseId, rules, place, ...spec }] of specs.entries()) {
        const purpose = spec.purpose === 'baseline' ? 'baseline' : 'treatment';
        const result = results[index];
        if (place === undefined || result === undefined) throw new Error('a trial without its place');
        const score = result.kind === 'scored' ? result.score : null;
        trials.push({ trialId: `${trials.length}`, caseId, purpose, rules, score, place });
      }
      if (call > calls) throw new Error('gone');
      return results;
    },
  };
  const report = await createRaceValidator(options).validate({ ...world.input, trials: runner });
  // The store gives numbers back, not references.
  return structuredClone({ report, trials });
}

const mixed = (): SimulatedWorld =>
  independentWorld({
    seed: 'r',
    cases: 80,
    coverage: 0.5,
    mean: 0.5,
    icc: 0.4,
    effects: [0.9, 0.8, 0, -0.8, 0],
  });
const noTags = (): readonly string[] => [];

describe('a cycle recomputed from its trials', () => {
  it.each([
    ['race', { runsBudget: 1_200, confirmRuns: 200 }],
    ['race with one baseline run', { runsBudget: 500, baselineRuns: 1, cacheRuns: 40 }],
    ['race with a control', { runsBudget: 900, sentinel: true }],
    ['factorial with a control', { runsBudget: 700, mode: 'factorial', sentinel: true }],
    ['factorial', { runsBudget: 700, confirmRuns: 200, mode: 'factorial' }],
  ] as const)('gives every number of the report: %s', async (_, options) => {
    const { report, trials } = await judge(mixed(), options);
    expect(report.reports.map(({ status }) => status)).toContain('promoted');
    const recomputed = recomputeCycle(report, trials, noTags);
    expect(recomputed.verdicts.flatMap(({ differences }) => differences)).toEqual([]);
    expect(recomputed).toMatchObject({ equal: true, randomised: true, trials: trials.length });
    expect(recomputed.verdicts[0]?.numbers).toMatchObject({ logE: report.reports[0]?.logE });
  });

  it.each(['race', 'factorial'] as const)('knows restarts and rounds that were cut off: %s', async (mode) => {
    const same = flatWorld(['one', 'two'], (rules) => (rules.size > 0 ? 0.9 : 0.2));
    const restarted = await judge(same, { runsBudget: 3_000, mode, baselineRuns: 2 });
    expect(restarted.report.reports.filter(({ period }) => period === 1)).toHaveLength(1);
    expect(recomputeCycle(restarted.report, restarted.trials, noTags)).toMatchObject({ equal: true });
    const cut = await judge(mixed(), { runsBudget: 3_000, mode }, 4);
    expect(cut.report.rounds).toBe(4);
    expect(cut.trials.some(({ place }) => place.round === 4)).toBe(true);
    expect(recomputeCycle(cut.report, cut.trials, noTags)).toMatchObject({ equal: true });
  });

  it.each([
    ['duplicate', 'race', 1e-4, { one: 1, two: 1, both: 1 }],
    ['conflict', 'factorial', 0.05, { one: 1, two: 0.6, both: 0.2 }],
  ] as const)('gives how candidates behave: %s', async (relation, mode, alpha, { one, two, both }) => {
    const cases = Array.from({ length: 14 }, (_, index) => simulatedCase(`case-${index}`));
    const succeeds = (rules: ReadonlySet<string>): number =>
      rules.size === 2 ? both : rules.has('one') ? one : rules.has('two') ? two : 0;
    const pair = flatWorld(['one', 'two'], succeeds, { cases });
    const { report, trials } = await judge(pair, { runsBudget: 900, alpha, mode });
    expect(report.behaviours).toMatchObject([{ relation }]);
    expect(recomputeCycle(report, trials, noTags)).toMatchObject({ equal: true, behaviours: [] });
    const behaviours = report.behaviours.map((each) => ({ ...each, relation: 'distinct' as const }));
    expect(recomputeCycle({ ...report, behaviours }, trials, noTags)).toMatchObject({
      equal: false,
      behaviours: [{ relation }],
    });
  });

  it.each(['race', 'factorial'] as const)(
    'shows a changed score, a lost trial and a made-up report: %s',
    async (mode) => {
      const { report, trials } = await judge(mixed(), { runsBudget: 900, mode });
      const changed = trials.map((trial, index) =>
        index === 3 ? { ...trial, score: trial.score === 1 ? 0 : 1 } : trial,
      );
      const flipped = recomputeCycle(report, changed, noTags);
      expect(flipped.equal).toBe(false);
      expect(flipped.verdicts.flatMap(({ differences }) => differences.map(({ name }) => name))).toContain(
        'logE',
      );
      expect(recomputeCycle(report, trials.slice(1), noTags).equal).toBe(false);
      const praised = report.reports.map((each) => ({ ...each, status: 'promoted' as const }));
      const made = recomputeCycle({ ...report, reports: praised }, trials, noTags);
      expect(made.verdicts.some(({ holds }) => !holds)).toBe(true);
      expect(made.equal).toBe(false);
      const otherSeed = recomputeCycle({ ...report, seed: 'another' }, trials, noTags);
      expect(otherSeed).toMatchObject({ equal: false, randomised: false });
    },
  );
});

import { createRaceValidator } from '../../../learner/src/validators/race.ts';
import type { RaceOptions } from '../../../learner/src/validators/race-options.ts';
import type { Gate } from './gate.ts';

/** The learner's own validator, with its defaults but for what is named. Published: the confirmed lift alone. */
export function ourGate(name: string, options: Omit<RaceOptions, 'runsBudget'> = {}): Gate {
  return {
    name,
    liftScope: 'triggered',
    promote: async (input, runsBudget) => {
      const report = await createRaceValidator({ ...options, runsBudget }).validate(input);
      const promoted = report.reports.filter(({ status }) => status === 'promoted');
      const lifts = promoted.flatMap(({ ruleId, lift }): [string, number][] =>
        lift.confirmed === null ? [] : [[ruleId, lift.confirmed]],
      );
      return {
        promoted: promoted.map(({ ruleId }) => ruleId),
        runs: report.runsUsed,
        lifts: new Map(lifts),
        intervals: new Map(
          report.reports
            .filter(({ pairs }) => pairs > 0)
            .map(({ ruleId, lift }) => [ruleId, lift.confidenceSequence]),
        ),
      };
    },
  };
}

/** Both ways of collecting evidence, under both kinds of control. */
export const OUR_GATES: readonly Gate[] = [
  ourGate('race, e-Bonferroni', { mode: 'race' }),
  ourGate('race, e-BH', { mode: 'race', control: 'fdr' }),
  ourGate('factorial, e-Bonferroni', { mode: 'factorial' }),
  ourGate('factorial, e-BH', { mode: 'factorial', control: 'fdr' }),
];

import { createRaceValidator } from '../../../learner/src/validators/race.ts';
import type { RaceOptions } from '../../../learner/src/validators/race-options.ts';
import type { CycleReport, ValidationInput } from '../../../learner/src/validators/validator.ts';
import type { Gate, Promotion } from './gate.ts';

/** A promotion with the whole report of the cycle. */
export interface ReportedPromotion extends Promotion {
  readonly report: CycleReport;
}

/** Our validator as shipped, which can also say everything it knows. */
export interface OurGate extends Gate {
  promote(input: ValidationInput, runsBudget: number): Promise<ReportedPromotion>;
}

/** The learner's own validator, with its defaults but for what is named. Published: the confirmed lift alone. */
export function ourGate(name: string, options: Omit<RaceOptions, 'runsBudget'> = {}): OurGate {
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
        report,
      };
    },
  };
}

/** Both ways of collecting evidence, under both kinds of control. */
export const OUR_GATES: readonly OurGate[] = [
  ourGate('race, e-Bonferroni', { mode: 'race' }),
  ourGate('race, e-BH', { mode: 'race', control: 'fdr' }),
  ourGate('factorial, e-Bonferroni', { mode: 'factorial' }),
  ourGate('factorial, e-BH', { mode: 'factorial', control: 'fdr' }),
];

import type { TrialRunner, TrialSpec } from '../trials/trial-runner.ts';
import { simulate, simulatedCase, simulatedRule, type SimulatedWorld } from './simulated-world.testing.ts';
import type { CandidateReport, CycleReport } from './validator.ts';

/** Every rule is retrieved everywhere; a case succeeds with the probability given for the rules read. */
export function flatWorld(
  ids: readonly string[],
  succeeds: (rules: ReadonlySet<string>, caseId: string) => number,
  change: Partial<Parameters<typeof simulate>[0]> = {},
): SimulatedWorld {
  return simulate({
    seed: 'world',
    candidates: ids.map((id) => simulatedRule(id)),
    cases: Array.from({ length: 40 }, (_, i) => simulatedCase(`case-${String(i).padStart(2, '0')}`)),
    triggers: () => true,
    succeeds: (caseId, rules) => succeeds(new Set(rules.map((rule) => rule.id)), caseId),
    ...change,
  });
}

/** Records every call of the runner. */
export function recorded(trials: TrialRunner): { trials: TrialRunner; calls: TrialSpec[][] } {
  const calls: TrialSpec[][] = [];
  return {
    calls,
    trials: {
      run: (specs, signal) => {
        calls.push([...specs]);
        return trials.run(specs, signal);
      },
    },
  };
}

export function reportOf(report: CycleReport, id: string): CandidateReport {
  const found = report.reports.find((each) => each.ruleId === id);
  if (found === undefined) throw new Error(`no report about ${id}`);
  return found;
}

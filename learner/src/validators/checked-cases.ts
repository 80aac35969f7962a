import type { EvalCase } from '../evals/eval-case.ts';
import { bettingLogEOf } from '../stats/betting.ts';
import { TRIGGERED_TASKS_MIN } from './race-options.ts';
import type { Contender, Race } from './race-state.ts';

/**
 * E for benefit that the cases with a check must show by themselves where a judge scores others. A judge that was right about
 * all answers so far can still be pleased by a rule that makes answers sound right: such a rule gets through by chance alone,
 * once in twenty times at most.
 */
export const CHECKED_E = 20;

/** Whether something besides a judge's taste says what is right here. */
function isChecked(evalCase: EvalCase | undefined): boolean {
  return evalCase?.scorer !== 'judge';
}

/** Log E for benefit of the cases with a check; `null` = no judge scores any case of this candidate. */
export function checkedLogE({ triggered, evidence }: Contender, race: Race): number | null {
  if (triggered.every((id) => isChecked(race.cases[id]))) return null;
  const checked = Object.entries(evidence.tasks).filter(([id]) => isChecked(race.cases[id]));
  return bettingLogEOf(
    checked.flatMap(([, differences]) => differences),
    0,
    1,
  );
}

/**
 * Cases with a check that a candidate still needs pairs of. None where there are too few to tell anything: it can be proven by
 * the judge, but only a person puts it into service.
 */
export function lackingChecks(contender: Contender, race: Race): readonly string[] {
  const checked = contender.triggered.filter((id) => isChecked(race.cases[id]));
  const logE = checked.length < TRIGGERED_TASKS_MIN ? null : checkedLogE(contender, race);
  return logE === null || logE >= Math.log(CHECKED_E) ? [] : checked;
}

import type { Store } from '@tracelore/collector/store';
import { LearnerError } from '../../errors.ts';
import type { EvalCaseStore } from '../../evals/eval-case-store.ts';
import { readCycleTrials } from '../../trials/stored-trials.ts';
import { recomputeCycle, type RecomputedCycle } from '../../validators/recompute.ts';
import type { VerdictLog } from './verdict-log.ts';

/**
 * Makes the verdicts of a stored cycle again from its stored trials.
 *
 * @returns undefined when there is no such cycle
 * @throws LearnerError `invalid` when the cycle is older than the stored places of trials
 */
export async function recomputeVerdict(
  parts: {
    readonly store: Pick<Store, 'driver' | 'database'>;
    readonly verdicts: Pick<VerdictLog, 'cycle'>;
    readonly cases: Pick<EvalCaseStore, 'list'>;
  },
  project: string,
  cycleId: string,
): Promise<RecomputedCycle | undefined> {
  const cycle = await parts.verdicts.cycle(project, cycleId);
  if (cycle === undefined) return undefined;
  if (!Object.hasOwn(cycle, 'behaviours')) {
    const message = `Cycle ${cycle.id} was judged by an earlier version, which did not store what a verdict is recomputed from.`;
    throw new LearnerError('invalid', message);
  }
  const trials = await readCycleTrials(parts.store, project, cycle.id);
  const tags = new Map((await parts.cases.list(project)).map((each) => [each.id, each.tags]));
  return recomputeCycle(cycle, trials, (caseId) => tags.get(caseId) ?? []);
}

import { itemReference } from '@tracelore/sdk/contract';
import { criticalTask, isVeto, type CriticalTask } from './critical-task.ts';
import type { Contender, Race } from './race-state.ts';

/** Names a contender's reruns of a task; a restarted contender has none. */
export function rerunKey({ rule, period }: Contender, caseId: string): string {
  return `${itemReference(rule)}\u0000${period}\u0000${caseId}`;
}

/** Critical tasks that the contender has not been tried on in its present period. */
export function untriedTasks({ triggered, evidence }: Contender, { critical }: Race): string[] {
  return critical.filter((id) => evidence.tasks[id] === undefined && triggered.includes(id));
}

/** Critical tasks that flipped in a contender's present period. */
export function flippedTasks(contender: Contender, race: Race): CriticalTask[] {
  const { tasks, scale } = contender.evidence;
  return race.critical.flatMap((caseId) => {
    const differences = tasks[caseId];
    if (differences === undefined) return [];
    return criticalTask(caseId, differences, scale, race.reruns[rerunKey(contender, caseId)]) ?? [];
  });
}

/** Why a contender is not promoted, in words; undefined = no critical task speaks against it. */
export function criticalVeto(contender: Contender, race: Race): string | undefined {
  const task = flippedTasks(contender, race).find(isVeto);
  return (
    task &&
    `critical task ${task.caseId} is harmed: E = ${Math.exp(task.logEHarm).toFixed(1)}, it flipped ${task.flips} times`
  );
}

import { createRandom } from '../world/random.ts';
import type { Task } from '../world/tasks.ts';

/** A control: every task keeps its question and gets the answer of another. Nothing true can be learned from these. */
export function shuffledLabels(tasks: readonly Task[], seed: number): readonly Task[] {
  const answers = createRandom('labels', seed).shuffled(tasks.map((task) => task.answer));
  return tasks.map((task, index) => ({ ...task, answer: answers[index] ?? task.answer }));
}

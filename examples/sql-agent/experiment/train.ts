import { recordOutcome } from '@tracelore/sdk';
import type { SqlAgent } from '../agent.ts';
import type { Task } from '../world/tasks.ts';
import { mapPool } from './pool.ts';

/** Characters of expected and actual rows in a judgement. */
const SHOWN_CHARACTERS_MAX = 200;

/**
 * Runs the agent on tasks as in its daily work, and records for each run what a test harness would: passed or not, and
 * the difference.
 * @returns how many passed
 */
export async function train(agent: SqlAgent, tasks: readonly Task[], concurrency: number): Promise<number> {
  const passed = await mapPool(tasks, concurrency, async (task) => {
    const { text, run } = await agent(task.text);
    const isRight = text === task.answer;
    if (run !== undefined) {
      recordOutcome(
        {
          name: 'rows',
          source: 'check',
          passed: isRight,
          comment: isRight ? 'rows as expected' : difference(task, text),
        },
        { run },
      );
    }
    return isRight;
  });
  return passed.filter(Boolean).length;
}

function difference(task: Task, got: string): string {
  const shown = (text: string): string =>
    text.length > SHOWN_CHARACTERS_MAX ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}…` : text;
  return `expected rows ${shown(task.answer)}, got ${shown(got)}`;
}

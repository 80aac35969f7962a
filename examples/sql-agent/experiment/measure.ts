import { withOverride } from '@tracelore/sdk';
import { createSqlAgent, type SqlAgent, type SqlAgentOptions } from '../agent.ts';
import type { Task } from '../world/tasks.ts';
import type { World } from '../world/world.ts';
import { bootstrapInterval, mean, type Interval } from './bootstrap.ts';
import { oracleAdvice } from './oracle.ts';
import { mapPool } from './pool.ts';

export interface Accuracy {
  readonly accuracy: number;
  /** 95 %, bootstrap over tasks. */
  readonly interval: Interval;
  /** Tasks. */
  readonly n: number;
}

export interface Comparison {
  readonly before: Accuracy;
  readonly after: Accuracy;
  /** after − before, paired by task. */
  readonly lift: { readonly points: number; readonly interval: Interval };
  readonly runs: number;
}

export interface MeasureOptions {
  /** Runs per task and side. */
  readonly repeats: number;
  readonly concurrency: number;
  readonly seed: number;
}

/**
 * Asks the agent every task without and with the promoted rules, side by side, so that nothing but the rules differs.
 * The rule set is fixed by override: no coins.
 */
export async function compare(
  agent: SqlAgent,
  tasks: readonly Task[],
  { repeats, concurrency, seed }: MeasureOptions,
): Promise<Comparison> {
  const perTask = await mapPool(tasks, concurrency, async (task) => {
    const sums = { before: 0, after: 0 };
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const before = await withOverride('none', () => agent(task.text));
      const after = await withOverride('active', () => agent(task.text));
      sums.before += Number(before.text === task.answer);
      sums.after += Number(after.text === task.answer);
    }
    return { before: sums.before / repeats, after: sums.after / repeats };
  });
  const differences = perTask.map(({ before, after }) => after - before);
  return {
    before: accuracyOf(
      perTask.map(({ before }) => before),
      seed,
    ),
    after: accuracyOf(
      perTask.map(({ after }) => after),
      seed,
    ),
    lift: { points: mean(differences), interval: bootstrapInterval(differences, seed) },
    runs: tasks.length * repeats * 2,
  };
}

/** Accuracy of an agent that has every true convention written into its prompt, and no learned rule. */
export async function measureOracle(
  agent: Omit<SqlAgentOptions, 'advice'>,
  world: World,
  { repeats, concurrency, seed }: MeasureOptions,
): Promise<Accuracy> {
  const told = createSqlAgent({ ...agent, advice: oracleAdvice(world.truth) });
  const perTask = await mapPool(world.sealed, concurrency, async (task) => {
    let passed = 0;
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const { text } = await withOverride('none', () => told(task.text));
      passed += Number(text === task.answer);
    }
    return passed / repeats;
  });
  return accuracyOf(perTask, seed);
}

export function accuracyOf(perTask: readonly number[], seed: number): Accuracy {
  return { accuracy: mean(perTask), interval: bootstrapInterval(perTask, seed), n: perTask.length };
}

import { drawConventions, type Beliefs } from './conventions.ts';
import { createDatabase, type Database } from './database.ts';
import { createRandom } from './random.ts';
import { drawTasks, type Task } from './tasks.ts';

export interface TaskCounts {
  readonly training: number;
  readonly evals: number;
  readonly sealed: number;
}

export const TASK_COUNTS: TaskCounts = { training: 160, evals: 260, sealed: 300 };

/** A little company with a database, its unwritten conventions, and three disjoint sets of questions about it. */
export interface World {
  readonly seed: number;
  readonly truth: Beliefs;
  readonly database: Database;
  /** Tasks the agent runs on; their failures are what can be learned from. */
  readonly training: readonly Task[];
  /** Tasks with known answers that candidates are validated on. */
  readonly evals: readonly Task[];
  /** Tasks that only measure: nothing about them ever reaches the learner. */
  readonly sealed: readonly Task[];
}

/** Draws the world of a seed. Pure: equal seeds and counts give equal worlds. */
export function drawWorld(seed: number, counts: TaskCounts = TASK_COUNTS): World {
  const truth = drawConventions(createRandom('conventions', seed));
  const database = createDatabase(seed, truth);
  const [training = [], evals = [], sealed = []] = drawTasks(
    seed,
    truth,
    database,
    createRandom('tasks', seed),
    [counts.training, counts.evals, counts.sealed],
  );
  return { seed, truth, database, training, evals, sealed };
}

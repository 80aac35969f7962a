import type { ChatRequest } from '../../../examples/sql-agent/model/chat.ts';
import type { SimulatedModel } from '../../../examples/sql-agent/model/server.ts';
import { createRandom } from '../../../learner/src/stats/random.ts';
import { answer } from '../agent/agent.ts';
import { proposeLessons } from '../analyst/analyst.ts';
import { analystOf } from '../arena/analysis.ts';
import type { World } from '../arena/world.ts';

export const WORLD_MODEL = 'simulated-world-1';
/** JSON schema by which a prompt asks for lessons. */
const LESSONS_SCHEMA = 'lessons';
const UNANSWERABLE = 'I cannot do this.';

/** The model of a world, behind the agent and behind the analyzer, from the text of its prompt alone. */
export function worldModel(world: World): SimulatedModel {
  const analyst = analystOf(world);
  const { mind, seed } = world;
  return {
    name: WORLD_MODEL,
    seed,
    answer({ schemaName, instructions, user }: ChatRequest, attempt) {
      if (schemaName === LESSONS_SCHEMA)
        return JSON.stringify({ lessons: proposeLessons(analyst, user, attempt) });
      const task = user.split('\n').find((line) => mind.environment.needsOf(line) !== undefined);
      if (task === undefined) return UNANSWERABLE;
      const random = createRandom(`answer ${seed} ${instructions} ${user} ${attempt}`);
      return answer(mind, instructions, task, random) ?? UNANSWERABLE;
    },
  };
}

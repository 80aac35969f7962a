import type { EvalCase } from '../../../learner/src/evals/eval-case.ts';
import { simulatedCase } from '../../../learner/src/validators/simulated-world.testing.ts';
import { createRandom } from '../../../learner/src/stats/random.ts';
import type { Mind } from '../agent/agent.ts';
import { tunedLuck } from '../agent/luck.ts';
import { createReader } from '../agent/understanding.ts';
import { plantLessons, type Planted } from '../analyst/planted.ts';
import { drawPoison, type Poison } from '../analyst/poison.ts';
import { beliefsAbout, sentenceOf, type Convention } from '../domains/convention.ts';
import type { Domain, Task } from '../domains/domain.ts';
import { renamedConventions } from './renamed.ts';
import type { Scenario } from './scenario.ts';
import { TUNING_SEED } from './seeds.ts';

/** Everything that is drawn once and the same for every policy. The learner sees none of it but through runs. */
export interface World {
  readonly domain: string;
  readonly seed: string;
  readonly scenario: Scenario;
  readonly conventions: readonly Convention[];
  readonly mind: Mind;
  /** Tasks the agent runs on; their failures are what can be learned from. */
  readonly training: readonly Task[];
  readonly cases: readonly EvalCase[];
  /** Tasks that only measure. */
  readonly sealed: readonly Task[];
  readonly planted: readonly Planted[];
  readonly poison: readonly Poison[];
  close(): void;
}

export const TRAINING_TASKS = 180;
export const EVAL_TASKS = 200;
export const SEALED_TASKS = 200;

/** Draws a world. Equal arguments give equal worlds. */
export function drawWorld(domain: Domain, seed: string, given: Scenario): World {
  const scenario = { ...given, heldOut: given.heldOut && seed.split('/')[0] !== TUNING_SEED };
  const random = createRandom(`world ${domain.name} ${seed}`);
  const conventions = scenario.renamed ? renamedConventions(domain.conventions, seed) : domain.conventions;
  const truth = beliefsAbout(conventions, ({ values }) => values[random.integer(values.length)] ?? '');
  const sliced = domain.exemptible[random.integer(Math.max(1, domain.exemptible.length))] ?? '';
  const exempt = scenario.harmfulSlice ? sliced : '';
  const environment = domain.open(seed, { truth, exempt, together: scenario.together });
  const [training = [], evals = [], sealed = []] = environment.drawTasks(random.split('tasks'), [
    TRAINING_TASKS,
    EVAL_TASKS,
    SEALED_TASKS,
  ]);
  const topics = conventions.map(({ words }) => words.topic[0]?.[0] ?? '');
  return {
    domain: domain.name,
    seed,
    scenario,
    conventions,
    mind: {
      seed,
      environment,
      luck: tunedLuck(seed, evals, scenario.icc),
      read: createReader(conventions),
      exempt,
    },
    training,
    cases: evals.map((task, index) =>
      simulatedCase(`case-${index}`, {
        task: task.text,
        tags: task.tags,
        project: domain.name,
        ...(isJudged(scenario, index) ? { scorer: 'judge' as const } : {}),
      }),
    ),
    sealed,
    planted: plantLessons(seed, conventions, truth, exempt, scenario.judge !== 'none'),
    poison: scenario.poison ? drawPoison(seed, topics) : [],
    close: () => environment.close(),
  };
}

/** Whether a model scores this eval case: where a judge is audited, every second case has a check. */
function isJudged({ judge }: Scenario, index: number): boolean {
  return judge === 'unaudited' || (judge === 'audited' && index % 2 === 1);
}

/** Every true convention as a line of advice: the most that lessons could give. */
export function oracleLines({ conventions, mind }: Pick<World, 'conventions' | 'mind'>): readonly string[] {
  return conventions.map((convention) => {
    const { when, exact } = convention.forms;
    const value = mind.environment.truth[convention.name] ?? '';
    return `- when ${when[0]}: ${sentenceOf(convention, exact[0] ?? '', value)}`;
  });
}

import type { Rule } from '../../../learner/src/knowledge/rule.ts';
import { createRandom } from '../../../learner/src/stats/random.ts';
import { run } from '../agent/agent.ts';
import { successChance } from '../agent/success.ts';
import { meaningOf, type Meaning } from './meaning.ts';
import type { Learned, Policy } from './policy.ts';
import type { World } from './world.ts';

/** Runs per sealed task. Every policy has the same luck in them. */
const REPEATS = 4;

/** A published lift and what it should have been. */
export interface PublishedLift {
  readonly published: number;
  readonly truth: number;
}

/** What a policy made of a world. */
export interface Measured {
  readonly domain: string;
  readonly seed: string;
  readonly scenario: string;
  readonly policy: string;
  /** Share of sealed runs that succeed. */
  readonly accuracy: number;
  readonly proposed: Readonly<Record<Meaning, number>>;
  readonly promoted: Readonly<Record<Meaning, number>>;
  /** Conventions that a promoted rule tells rightly, and those that a proposed one does. */
  readonly known: number;
  readonly proposable: number;
  readonly decisionRuns: number;
  readonly confirmRuns: number;
  readonly lifts: readonly PublishedLift[];
  readonly poisonSeen: number;
  readonly cycles: number;
  readonly falseCycles: number;
  readonly seconds: number;
}

/** Has a policy learn in a world, and measures on sealed tasks what came of it. */
export async function measure(world: World, policy: Policy, runsBudget: number): Promise<Measured> {
  const startedAt = performance.now();
  const learned = await policy.learn(world, runsBudget);
  const accuracy = accuracyOf(world, learned.render);
  const told = (rules: readonly Rule[]): number => toldRightly(world, rules);
  return {
    domain: world.domain,
    seed: world.seed,
    scenario: world.scenario.name,
    policy: policy.name,
    accuracy,
    proposed: countMeanings(world, learned.proposed),
    promoted: countMeanings(world, learned.rules),
    known: told(learned.rules),
    proposable: told(learned.proposed),
    decisionRuns: learned.decisionRuns,
    confirmRuns: learned.confirmRuns,
    lifts: publishedLifts(world, learned),
    poisonSeen: learned.poisonSeen.length,
    cycles: learned.cycles,
    falseCycles: learned.falseCycles,
    seconds: (performance.now() - startedAt) / 1_000,
  };
}

export function accuracyOf(
  { sealed, seed, mind, scenario }: World,
  render: (task: string) => string,
): number {
  let passed = 0;
  for (const { text } of sealed) {
    const block = scenario.blind ? '' : render(text);
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      passed += run(mind, block, text, createRandom(`sealed ${seed} ${text} ${repeat}`)).result.score;
    }
  }
  return passed / (sealed.length * REPEATS);
}

function countMeanings(world: World, rules: readonly Rule[]): Record<Meaning, number> {
  const counts = { right: 0, false: 0, vague: 0, poison: 0 };
  for (const rule of rules) counts[meaningOf(world, rule)] += 1;
  return counts;
}

function toldRightly(world: World, rules: readonly Rule[]): number {
  const right = rules.filter((rule) => meaningOf(world, rule) === 'right');
  const told = right.flatMap(
    ({ appliesWhen, content }) => world.mind.read(`- when ${appliesWhen}: ${content}`).claims,
  );
  return new Set(told.map(({ convention }) => convention)).size;
}

/** True lift in scope: on eval tasks where the rule changes the text, with all rules in force and without this one. */
function publishedLifts(world: World, { rules, lifts, renderOf }: Learned): readonly PublishedLift[] {
  return rules.flatMap((rule): PublishedLift[] => {
    const published = lifts.get(rule.id);
    if (published === undefined) return [];
    const others = rules.filter((other) => other !== rule);
    const differences = world.cases.flatMap(({ task }): number[] => {
      const [with_, without] = [renderOf(task, rules), renderOf(task, others)];
      if (with_ === without) return [];
      return [successChance(world.mind, with_, task) - successChance(world.mind, without, task)];
    });
    const truth = differences.reduce((sum, each) => sum + each, 0) / Math.max(1, differences.length);
    return [{ published, truth }];
  });
}

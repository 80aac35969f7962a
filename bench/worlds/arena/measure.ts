import { itemReference } from '@tracelore/sdk/contract';
import type { Rule } from '../../../learner/src/knowledge/rule.ts';
import type { Standing } from '../../../learner/src/signals/signal-quality.ts';
import { createRandom } from '../../../learner/src/stats/random.ts';
import { run } from '../agent/agent.ts';
import { successChance } from '../agent/success.ts';
import { LEGACY, type Task } from '../domains/domain.ts';
import { standingWith } from './audits.ts';
import { meaningOf, type Meaning } from './meaning.ts';
import type { Learned, Policy } from './policy.ts';
import { trapsIn, type Trap } from './traps.ts';
import { oracleLines, type World } from './world.ts';

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
  /** Rules that are traps among those that were proposed and those in force. */
  readonly traps: Readonly<Record<'proposed' | 'promoted', Readonly<Record<Trap, number>>>>;
  /** Runs until the rules in force brought 90 % of what all conventions would; `null` = never, or nobody says. */
  readonly runsTo90: number | null;
  /** What the rules change where one convention does not hold, score units; `null` = it holds everywhere. */
  readonly sliceLift: number | null;
  /** What audits would say of the judge afterwards; `null` = there is none. */
  readonly judgeStanding: Standing | null;
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
    traps: { proposed: trapsIn(world, learned.proposed), promoted: trapsIn(world, learned.rules) },
    runsTo90: runsTo90(world, learned),
    sliceLift: sliceLift(world, learned.render),
    judgeStanding: standingWith(world, learned.render),
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

/** Chance of success on sealed tasks, mean. */
function chanceOn(world: World, tasks: readonly Task[], render: (task: string) => string): number {
  const chances = tasks.map(({ text }) => successChance(world.mind, render(text), text));
  return chances.reduce((sum, each) => sum + each, 0) / tasks.length;
}

function runsTo90(world: World, { rules, inForceAfter, renderOf, decisionRuns }: Learned): number | null {
  if (inForceAfter.size === 0) return null;
  const since = (rule: Rule): number => inForceAfter.get(itemReference(rule)) ?? decisionRuns;
  const told = oracleLines(world).join('\n');
  const [none, all] = ['', told].map((text) => chanceOn(world, world.sealed, () => text));
  const enough = 0.1 * (none ?? 0) + 0.9 * (all ?? 0);
  const moments = [...new Set(rules.map(since))].toSorted((a, b) => a - b);
  const reached = moments.find((at) => {
    const inForce = rules.filter((rule) => since(rule) <= at);
    return chanceOn(world, world.sealed, (task) => renderOf(task, inForce)) >= enough;
  });
  return reached ?? null;
}

function sliceLift(world: World, render: (task: string) => string): number | null {
  const slice = world.mind.exempt === '' ? [] : world.sealed.filter(({ tags }) => tags.includes(LEGACY));
  if (slice.length === 0) return null;
  return chanceOn(world, slice, render) - chanceOn(world, slice, () => '');
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

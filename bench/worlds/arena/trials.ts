import type { Rule } from '../../../learner/src/knowledge/rule.ts';
import { createRandom, type Random } from '../../../learner/src/stats/random.ts';
import type { RuleReference, TrialResult, TrialRunner } from '../../../learner/src/trials/trial-runner.ts';
import { run } from '../agent/agent.ts';
import type { Blocks } from './blocks.ts';
import type { Scenario } from './scenario.ts';
import type { World } from './world.ts';

/** An outage: trials in a row, their share of all, and how many more of them fail. */
const OUTAGE_TRIALS = 120;
const OUTAGE_SHARE = 0.25;
const OUTAGE_LOSS = 0.3;

/** Runs the agent for a gate, with all that goes wrong with outcomes. Results follow from the seed and the order of trials. */
export class Trials implements TrialRunner {
  readonly #world: World;
  readonly #blocks: Blocks;
  readonly #seed: string;
  readonly #ruleOf: (reference: RuleReference) => Rule | undefined;
  readonly #tasks: ReadonlyMap<string, string>;
  /** Ids of cases that a check scores. */
  readonly #checked: ReadonlySet<string>;
  readonly #others: readonly string[];
  readonly #inForceAfter = new Map<string, number>();
  #count = 0;

  constructor(
    world: World,
    blocks: Blocks,
    seed: string,
    ruleOf: (reference: RuleReference) => Rule | undefined,
  ) {
    this.#world = world;
    this.#blocks = blocks;
    this.#seed = seed;
    this.#ruleOf = ruleOf;
    this.#tasks = new Map(world.cases.map(({ id, task }) => [id, task]));
    this.#checked = new Set(world.cases.filter(({ scorer }) => scorer !== 'judge').map(({ id }) => id));
    this.#others = createRandom(`labels ${world.seed}`).shuffle(world.cases.map(({ task }) => task));
  }

  /** Trials so far. */
  get count(): number {
    return this.#count;
  }

  /** By reference of a rule: trials before the first one that it was in force for, as every rule of a baseline is. */
  get inForceAfter(): ReadonlyMap<string, number> {
    return this.#inForceAfter;
  }

  readonly run: TrialRunner['run'] = (specs) =>
    Promise.resolve(
      specs.map(({ caseId, rules, place }) => {
        const tried = new Set([place?.candidate, ...(place?.coins ?? [])]);
        for (const reference of rules) {
          if (place?.phase !== 'decision' || tried.has(reference) || this.#inForceAfter.has(reference))
            continue;
          this.#inForceAfter.set(reference, this.#count);
        }
        return this.#one(
          caseId,
          rules.map((reference) => this.#known(reference)),
        );
      }),
    );

  #known(reference: RuleReference): Rule {
    const rule = this.#ruleOf(reference);
    if (rule === undefined) throw new Error(`trial: rule ${reference} is not known`);
    return rule;
  }

  #one(caseId: string, rules: readonly Rule[]): TrialResult {
    this.#count += 1;
    const trialId = `t${this.#count}`;
    const { scenario, mind } = this.#world;
    const random = createRandom(`${this.#seed} ${this.#count}`);
    const task = this.#tasks.get(caseId);
    if (task === undefined) throw new Error(`trial: no case is named ${caseId}`);
    const block = this.#blocks.give(task, rules);
    const isLost = random.next() < scenario.missing;
    if (isLost) return { kind: 'void', trialId, reason: 'no outcome arrived' };
    const other = this.#others[Number(caseId.split('-')[1])] ?? task;
    const { action, result } = scenario.shuffledLabels
      ? run(mind, '', other, random)
      : run(mind, scenario.blind ? '' : block, task, random);
    const failed = scenario.outages && this.#isOut() && random.next() < OUTAGE_LOSS;
    const score = failed ? 0 : scenario.partialCredit ? (result.credit ?? result.score) : result.score;
    const assures = !scenario.blind && mind.read(block).assures;
    const teller = this.#checked.has(caseId) ? { ...scenario, judge: 'none' as const } : scenario;
    const told = toldBy(teller, { score, assures }, random);
    return { kind: 'scored', trialId, score: told, output: action, error: '', durationMs: 0 };
  }

  #isOut(): boolean {
    const stretch = Math.floor(this.#count / OUTAGE_TRIALS);
    return createRandom(`outage ${this.#seed} ${stretch}`).next() < OUTAGE_SHARE;
  }
}

/** What a model lets pass of what is wrong, and of that if it says how certain it is; and of what is right. */
const PASSES_WRONG = 0.1;
const PASSES_ASSURED = 0.7;
const PASSES_RIGHT = 0.95;

/** What is said about a run of which this is true. */
export function toldBy(
  { labelFlips, passBias, judge }: Scenario,
  { score, assures }: { readonly score: number; readonly assures: boolean },
  random: Random,
): number {
  const luck = random.next();
  if (judge !== 'none') {
    const passes = score === 1 ? PASSES_RIGHT : assures ? PASSES_ASSURED : PASSES_WRONG;
    return luck < passes ? 1 : 0;
  }
  if (score < 1 && luck < passBias) return 1;
  return luck < labelFlips ? 1 - score : score;
}

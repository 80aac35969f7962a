import { itemReference } from '@tracelore/sdk/contract';
import type { Lesson } from '../../../learner/src/analyzers/analyzer.ts';
import { createRenderer } from '../../../learner/src/injectors/renderer.ts';
import { createSelector } from '../../../learner/src/injectors/selector.ts';
import type { NewId } from '../../../learner/src/ids.ts';
import { countRuleTokens } from '../../../learner/src/knowledge/rule-tokens.ts';
import type { Rule } from '../../../learner/src/knowledge/rule.ts';
import { analyseRuns } from '../../../learner/src/learn/lessons/analyse-runs.ts';
import { newPass, passRecord } from '../../../learner/src/learn/learn-pass.ts';
import { createRandom } from '../../../learner/src/stats/random.ts';
import { simulatedRule } from '../../../learner/src/validators/simulated-world.testing.ts';
import type { ValidationInput } from '../../../learner/src/validators/validator.ts';
import type { Gate, Promotion } from '../gates/gate.ts';
import { analyzerOf } from './analysis.ts';
import { Blocks } from './blocks.ts';
import { meaningOf } from './meaning.ts';
import { seededIds } from './memory-parts.ts';
import { roundShares, type Learned, type Policy } from './policy.ts';
import { trainingRuns } from './training.ts';
import { Trials } from './trials.ts';
import { oracleLines, type World } from './world.ts';

/** Newest passing runs shown for contrast, as in the learner. */
const CONTRASTS = 100;
const EPOCH = new Date(Date.UTC(2026, 0, 1));

/**
 * Somebody who gets the same runs, analyst, retrieval and text as ours, and decides by another gate. Nothing is screened:
 * every lesson is a candidate.
 */
export function gatePolicy(gate: Gate): Policy {
  return {
    name: gate.name,
    learn: (world, runsBudget) => learnBy(world, runsBudget, (input, budget) => gate.promote(input, budget)),
  };
}

/** Takes everything that is proposed. */
export const ALL_CANDIDATES: Policy = {
  name: 'all candidates',
  learn: (world, runsBudget) => learnBy(world, runsBudget, ({ candidates }) => free(candidates)),
};

/** Takes every second candidate, by a coin. */
export const RANDOM_CANDIDATES: Policy = {
  name: 'random candidates',
  learn: (world, runsBudget) =>
    learnBy(world, runsBudget, ({ candidates, seed }) => {
      const coin = createRandom(`coins ${seed}`);
      return free(candidates.filter(() => coin.next() < 1 / 2));
    }),
};

export const NO_LEARNING: Policy = {
  name: 'no learning',
  learn: () => Promise.resolve(nothingLearned(() => '')),
};

/** Knows every convention of the world. */
export const ORACLE: Policy = {
  name: 'oracle',
  learn: (world) => {
    const text = oracleLines(world).join('\n');
    return Promise.resolve(nothingLearned(() => text));
  },
};

function free(candidates: readonly Rule[]): Promise<Promotion> {
  return Promise.resolve({ promoted: candidates.map(({ id }) => id), runs: 0, lifts: new Map() });
}

function nothingLearned(render: Learned['render']): Learned {
  return {
    rules: [],
    render,
    renderOf: render,
    inForceAfter: new Map(),
    proposed: [],
    decisionRuns: 0,
    confirmRuns: 0,
    lifts: new Map(),
    poisonSeen: [],
    cycles: 0,
    falseCycles: 0,
  };
}

async function learnBy(
  world: World,
  runsBudget: number,
  decide: (input: ValidationInput, runsBudget: number) => Promise<Promotion>,
): Promise<Learned> {
  const project = world.domain;
  const selector = createSelector();
  const renderer = createRenderer({ secret: 'arena' });
  const blocks = new Blocks((task, rules) =>
    renderer.render(selector.select(task, { rules, snapshot: 0 }).rules, {
      project,
      snapshot: 0,
      format: 'tracelore-v1',
    }),
  );
  const known = new Map<string, Rule>();
  const trials = new Trials(world, blocks, `${world.seed} rival`, (reference) => known.get(reference));
  const newId = seededIds(`${world.seed} rivals ${world.scenario.swapped ? 'swapped' : 'ids'}`);
  const analyzer = analyzerOf(world);
  const lifts = new Map<string, number>();
  let inForce: readonly Rule[] = [];
  let [decisionRuns, cycles, falseCycles] = [0, 0, 0];
  const shares = roundShares(world.scenario.rounds);
  for (const [round, share] of shares.entries()) {
    const runs = trainingRuns(world, round, shares.length, inForce, blocks);
    const failures = runs.filter(({ outcomes }) => outcomes[0]?.passed !== true).toReversed();
    const passed = runs.filter(({ outcomes }) => outcomes[0]?.passed === true).toReversed();
    const analysis = await analyseRuns({
      analyzer,
      failures,
      contrasts: passed.slice(0, CONTRASTS),
      rejected: [],
      record: passRecord(newPass(newId(), project, EPOCH)),
      signal: new AbortController().signal,
    });
    const candidates = analysis.analysed
      .flatMap(({ lessons }) => lessons)
      .filter((lesson, index, all) => isNew(lesson, all.slice(0, index), known))
      .map((lesson) => ruleOf(lesson, project, newId));
    for (const rule of candidates) {
      known.set(itemReference(rule), rule);
      if (meaningOf(world, rule) === 'poison') blocks.watch(rule);
    }
    const input: ValidationInput = {
      id: `${world.seed} ${round}`,
      project,
      candidates,
      incumbents: inForce,
      cases: world.cases,
      render: blocks.of,
      trials,
      seed: `${world.seed} ${round}`,
      fingerprint: 'simulated',
      now: () => EPOCH,
    };
    const decision = await decide(input, Math.round(runsBudget * share));
    const promoted = candidates.filter(({ id }) => decision.promoted.includes(id));
    for (const [id, lift] of decision.lifts) lifts.set(id, lift);
    inForce = [...inForce, ...promoted];
    decisionRuns += decision.runs;
    cycles += 1;
    if (promoted.some((rule) => meaningOf(world, rule) !== 'right')) falseCycles += 1;
  }
  const rules = inForce;
  return {
    rules,
    render: (task) => blocks.give(task, rules),
    renderOf: blocks.of,
    inForceAfter: trials.inForceAfter,
    proposed: [...known.values()],
    decisionRuns,
    confirmRuns: 0,
    lifts,
    get poisonSeen() {
      return [...blocks.seen];
    },
    cycles,
    falseCycles,
  };
}

function isNew(
  { content, appliesWhen }: Lesson,
  before: readonly Lesson[],
  known: ReadonlyMap<string, Rule>,
): boolean {
  return ![...before, ...known.values()].some(
    (other) => other.content === content && other.appliesWhen === appliesWhen,
  );
}

function ruleOf({ kind, content, appliesWhen }: Lesson, project: string, newId: NewId): Rule {
  const id = newId();
  const text = { kind, content, appliesWhen, tags: [] };
  return simulatedRule(id, { ...text, project, tokens: countRuleTokens(id, text) });
}

import { createRenderer } from '../../../learner/src/injectors/renderer.ts';
import { scannedSelector } from '../../../learner/src/injectors/scanned-selector.ts';
import { createSelector } from '../../../learner/src/injectors/selector.ts';
import { LogBackedKnowledge } from '../../../learner/src/knowledge/log-backed-knowledge.ts';
import { newPass, passRecord, type LearnRequest } from '../../../learner/src/learn/learn-pass.ts';
import type { LearnParts } from '../../../learner/src/learn/learn-parts.ts';
import { runPass } from '../../../learner/src/learn/run-pass.ts';
import { CONFIRM_SHARE } from '../../../learner/src/learn/validate/validate-candidates.ts';
import { createKnowledgeServing } from '../../../learner/src/serving/knowledge-serving.ts';
import { DEFAULT_SIGNALS } from '../../../learner/src/signals/deterministic-signals.ts';
import { createSettler } from '../../../learner/src/signals/settle-runs.ts';
import { createRaceValidator } from '../../../learner/src/validators/race.ts';
import type { CycleReport } from '../../../learner/src/validators/validator.ts';
import { analyzerOf } from './analysis.ts';
import { decidingIn } from './audits.ts';
import { Blocks } from './blocks.ts';
import { meaningOf } from './meaning.ts';
import { MemoryStore, seededIds } from './memory-parts.ts';
import { roundShares, type Learned, type Policy } from './policy.ts';
import { trainingRuns } from './training.ts';
import { Trials } from './trials.ts';
import type { World } from './world.ts';

const EPOCH_MS = Date.UTC(2026, 0, 1);
const SECRET = 'arena';

/**
 * The learner as shipped, pass by pass: its selection of runs, analyzer, gate of lessons, knowledge, choice of candidates,
 * validator, release and serving. Only what stores and what runs the agent is in memory, and the model is simulated.
 */
export function ourPolicy(name: string, request: LearnRequest = {}): Policy {
  return { name, learn: (world, runsBudget) => learn(world, runsBudget, { ...request }) };
}

async function learn(world: World, runsBudget: number, request: LearnRequest): Promise<Learned> {
  const project = world.domain;
  let ticks = 0;
  const now = (): Date => new Date(EPOCH_MS + (ticks += 1) * 1_000);
  const newId = seededIds(`${world.seed} ${world.scenario.swapped ? 'swapped' : 'ids'}`);
  const store = new MemoryStore(now);
  const base = new LogBackedKnowledge({ project, log: store.knowledgeLog, now, newId });
  const serving = createKnowledgeServing({
    knowledge: () => base,
    selector: scannedSelector(createSelector(), () => undefined),
    renderer: createRenderer({ secret: SECRET }),
    decisions: { record: () => undefined },
    trialRules: () => undefined,
    holdout: { global: 0, rule: 0 },
    secret: SECRET,
    now,
    ids: newId,
  });
  const blocks = new Blocks((task, rules) => serving.render(project, task, rules));
  const trials = new Trials(world, blocks, `${world.seed} ours ${request.mode ?? 'race'}`, (reference) =>
    base.findVersion(reference),
  );
  const parts: LearnParts = {
    reader: store.reader,
    knowledge: () => base,
    settler: createSettler({
      reader: store.reader,
      signals: DEFAULT_SIGNALS,
      record: () => Promise.resolve(),
      now,
    }),
    analyzer: analyzerOf(world),
    cases: {
      list: () => Promise.resolve(world.cases),
      count: () => Promise.resolve(world.cases.length),
      add: () => Promise.reject(new Error('the eval cases of a world are fixed')),
    },
    broker: { runner: () => trials, awaitRunner: () => Promise.resolve(true), hasRunner: () => true },
    trialLog: { flush: () => Promise.resolve() },
    createValidator: createRaceValidator,
    render: (_project, task, rules) => blocks.of(task, rules),
    prepare: (_project, tasks, rules) => serving.prepare(project, tasks, { rules }),
    passes: {
      save: () => Promise.resolve(),
      list: () => Promise.resolve([]),
      find: () => Promise.resolve(undefined),
    },
    verdicts: store.verdicts,
    analyses: store.analyses,
    deciding: () => Promise.resolve(decidingIn(world)),
    pairwiseAudit: () => Promise.resolve({ pairs: 0, agreed: 0, mayDecide: false }),
    isKeyless: () => true,
    demandWork: () => undefined,
    requireApproval: false,
    now,
    newId,
  };
  const shares = roundShares(world.scenario.rounds);
  for (const [round, share] of shares.entries()) {
    for (const rule of base.list()) if (meaningOf(world, rule) === 'poison') blocks.watch(rule);
    store.addRuns(trainingRuns(world, round, shares.length, base.served(), blocks));
    await runPass({
      parts,
      project,
      request: {
        ...request,
        // The pass itself keeps a part for confirming.
        runsBudget: Math.round((runsBudget * share) / (1 - CONFIRM_SHARE)),
        seed: `${world.seed} ${round}`,
      },
      record: passRecord(newPass(newId(), project, now())),
      save: () => Promise.resolve(),
      signal: new AbortController().signal,
    });
  }
  for (const rule of base.list()) if (meaningOf(world, rule) === 'poison') blocks.watch(rule);
  return {
    rules: base.served(),
    render: (task) => blocks.give(task, base.served()),
    renderOf: blocks.of,
    inForceAfter: trials.inForceAfter,
    proposed: base.list(),
    ...spent(store.cycles, trials.count),
    ...published(store.cycles),
    get poisonSeen() {
      return [...blocks.seen];
    },
    cycles: store.cycles.length,
    falseCycles: store.cycles.filter(({ reports }) =>
      reports.some(
        ({ status, ruleId }) =>
          status === 'promoted' &&
          base.list().some((rule) => rule.id === ruleId && meaningOf(world, rule) !== 'right'),
      ),
    ).length,
  };
}

function spent(
  cycles: readonly CycleReport[],
  trials: number,
): Pick<Learned, 'decisionRuns' | 'confirmRuns'> {
  const decisionRuns = cycles.reduce((sum, { runsUsed }) => sum + runsUsed, 0);
  return { decisionRuns, confirmRuns: trials - decisionRuns };
}

function published(cycles: readonly CycleReport[]): Pick<Learned, 'lifts'> {
  const promoted = cycles.flatMap(({ reports }) => reports.filter(({ status }) => status === 'promoted'));
  return {
    lifts: new Map(
      promoted.flatMap(({ ruleId, lift }): [string, number][] =>
        lift.confirmed === null ? [] : [[ruleId, lift.confirmed]],
      ),
    ),
  };
}

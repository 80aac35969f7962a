import { registerRunner } from '@tracelore/sdk';
import { start, type Telemetry } from '@tracelore/sdk/node';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AGENT, createSqlAgent } from '../agent.ts';
import { drawWorld, type World } from '../world/world.ts';
import { openAgentModel, type AgentModel } from './agent-model.ts';
import { createLearnerApi, type LearnedRule, type Pass } from './learner-api.ts';
import { compare, measureOracle, type Accuracy, type Comparison } from './measure.ts';
import type { ExperimentOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { startService, type Service } from './service.ts';
import { shuffledLabels } from './shuffle-labels.ts';
import { train } from './train.ts';

/** Longest delivery of recorded spans before a learning pass, ms. */
const FLUSH_DEADLINE_MS = 30_000;

export interface PromotedRule extends LearnedRule {
  /** In-scope lift when it was validated, score units; `undefined` when the service no longer knows. */
  readonly lift: number | undefined;
}

/** Everything an experiment found. */
export interface ExperimentResult {
  readonly world: World;
  readonly model: { readonly name: string; readonly simulated: boolean };
  readonly comparison: Comparison;
  readonly oracle: Accuracy | undefined;
  readonly passes: readonly Pass[];
  /** What the validation cycles promise, in words. */
  readonly bounds: readonly string[];
  readonly promoted: readonly PromotedRule[];
  /** Every rule that was proposed and is not in force, with the reason. */
  readonly rejected: readonly LearnedRule[];
  readonly runs: { readonly training: number; readonly trials: number; readonly measuring: number };
}

export interface Experiment {
  readonly result: ExperimentResult;
  readonly service: Service;
  /** Stops everything and removes the database. */
  close(): Promise<void>;
}

/**
 * The whole loop over public interfaces: starts the service, runs the agent on training tasks, lets the service learn and
 * validate, and afterwards asks the sealed tasks without and with the promoted rules. The sealed tasks are asked last, when
 * nothing is learned or recorded any more; their answers never leave this process.
 */
export async function runExperiment(
  options: ExperimentOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<Experiment> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).toReversed()) await closer();
  };
  try {
    progress.step(`drawing world ${options.seed}`);
    const world = drawWorld(options.seed, options.counts);
    closers.push(async () => world.database.close());
    const model = await openAgentModel(world, options.control, process.env);
    closers.push(() => model.close());
    progress.step('starting tracelore up');
    const directory = await mkdtemp(join(tmpdir(), 'tracelore-demo-'));
    closers.push(() => rm(directory, { recursive: true, force: true }));
    const service = await startService({ data: join(directory, 'data'), environment: model.environment });
    closers.push(() => service.stop());
    const telemetry = start({
      apiUrl: service.api,
      otlpEndpoint: service.otlp,
      serviceName: AGENT,
      spoolDirectory: join(directory, 'spool'),
    });
    closers.push(() => telemetry.shutdown());
    const result = await unlessAborted(
      signal,
      learnAndMeasure(options, progress, world, model, service, telemetry),
    );
    return { result, service, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Ctrl-C ends the wait at once; closing the service makes what still runs fail quietly. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(new Error('it was interrupted'));
  signal.addEventListener('abort', abort, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', abort));
}

async function learnAndMeasure(
  options: ExperimentOptions,
  progress: Progress,
  world: World,
  model: AgentModel,
  service: Service,
  telemetry: Telemetry,
): Promise<ExperimentResult> {
  const { seed, rounds, concurrency, control } = options;
  const agent = createSqlAgent({ client: model.client, model: model.name, database: world.database });
  const api = createLearnerApi(service.api);
  const labelled = control === 'shuffled-labels' ? shuffledLabels : <T>(tasks: T): T => tasks;
  const training = labelled(world.training, seed);

  await api.addEvalCases(labelled(world.evals, seed));
  const runner = registerRunner(async (task) => (await agent(task)).text, { agent: AGENT, concurrency });
  const passes: Pass[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      const tasks = training.slice(
        Math.floor((round * training.length) / rounds),
        Math.floor(((round + 1) * training.length) / rounds),
      );
      progress.step(`round ${round + 1} of ${rounds}: ${tasks.length} training tasks`);
      const passed = await train(agent, tasks, concurrency);
      progress.done(`${passed} of ${tasks.length} right`);
      const { complete } = await telemetry.flush(FLUSH_DEADLINE_MS);
      if (!complete)
        throw new Error('the spans of the training runs could not be delivered to the collector');
      const pass = await api.learn({
        runsBudget: options.runsBudget,
        seed: `${seed}/${round}`,
        onProgress: (state) => progress.learning(state),
      });
      passes.push(pass);
      progress.learned(pass);
    }
  } finally {
    await runner.stop();
  }

  // Recording ends here: of the sealed tasks the service only sees what it is asked rules for.
  await telemetry.shutdown();
  const measureOptions = { repeats: options.repeats, concurrency, seed };
  progress.step(`asking ${world.sealed.length} sealed tasks without and with the promoted rules`);
  const comparison = await compare(agent, world.sealed, measureOptions);
  const oracle = options.oracle
    ? await measureOracle({ ...model, model: model.name, database: world.database }, world, measureOptions)
    : undefined;
  const rules = await api.rules();
  const undecided = new Map(passes.flatMap((pass) => [...pass.undecided]));
  const cycles = await api.cycles();
  return {
    world,
    model: { name: model.name, simulated: model.simulated },
    comparison,
    oracle,
    passes,
    bounds: [...new Set(cycles.map((cycle) => cycle.bound))],
    promoted: rules
      .filter((rule) => rule.status === 'active')
      .map((rule) => ({ ...rule, lift: cycles.find(({ lifts }) => lifts.has(rule.id))?.lifts.get(rule.id) })),
    rejected: rules
      .filter((rule) => rule.status !== 'active')
      .map((rule) => ({ ...rule, reason: rule.reason || (undecided.get(rule.id) ?? 'not tested yet') })),
    runs: {
      training: training.length,
      trials: passes.reduce((sum, pass) => sum + pass.trials, 0),
      measuring: comparison.runs,
    },
  };
}

import { recordOutcome, registerRunner, withOverride } from '@tracelore/sdk';
import { start } from '@tracelore/sdk/node';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLearnerApi } from '../../../examples/sql-agent/experiment/learner-api.ts';
import { mapPool } from '../../../examples/sql-agent/experiment/pool.ts';
import { startService } from '../../../examples/sql-agent/experiment/service.ts';
import { serveModel } from '../../../examples/sql-agent/model/server.ts';
import { accuracyOf } from '../arena/measure.ts';
import { meaningOf, type Meaning } from '../arena/meaning.ts';
import type { Scenario } from '../arena/scenario.ts';
import type { Place } from '../arena/seeds.ts';
import { drawWorld, oracleLines } from '../arena/world.ts';
import { createWorldAgent, REACHED, type WorldAgent } from './world-agent.ts';
import { WORLD_MODEL, worldModel } from './world-model.ts';

const CONCURRENCY = 8;
const FLUSH_DEADLINE_MS = 30_000;

export interface HttpOptions {
  readonly scenario: Scenario;
  /** Trials for decisions and confirmation. */
  readonly runsBudget: number;
  readonly trainingTasks: number;
  readonly sealedTasks: number;
  readonly say: (text: string) => void;
}

/** What the service made of a world, in shares of sealed tasks. */
export interface HttpWorld {
  readonly domain: string;
  readonly before: number;
  readonly after: number;
  readonly oracle: number;
  readonly promoted: Readonly<Record<Meaning, number>>;
  readonly trials: number;
}

/**
 * One world with the learner as a process of its own: it sees spans, outcomes and eval cases over HTTP and asks a model over
 * HTTP. World, model, environment and sealed tasks stay in this process. Once per process: tracing is process-wide.
 */
export async function runWorldOverHttp({ domain, seed }: Place, options: HttpOptions): Promise<HttpWorld> {
  const { say } = options;
  const world = drawWorld(domain, seed, options.scenario);
  const closers: (() => unknown)[] = [() => world.close()];
  try {
    const model = await serveModel(worldModel(world));
    closers.push(() => model.close());
    const directory = await mkdtemp(join(tmpdir(), 'tracelore-worlds-'));
    closers.push(() => rm(directory, { recursive: true, force: true }));
    const service = await startService({
      data: join(directory, 'data'),
      environment: { TRACELORE_MODEL: WORLD_MODEL, OPENAI_API_KEY: 'simulated', OPENAI_BASE_URL: model.url },
    });
    closers.push(() => service.stop());
    const telemetry = start({
      apiUrl: service.api,
      otlpEndpoint: service.otlp,
      serviceName: domain.name,
      spoolDirectory: join(directory, 'spool'),
    });
    closers.push(() => telemetry.shutdown());
    const agent = createWorldAgent(domain.name, model.url, world.mind.environment);
    const api = createLearnerApi(service.api);
    await api.addEvalCases(world.cases.map(({ task }) => ({ text: task, answer: REACHED, needs: [] })));
    const runner = registerRunner(async (task) => (await agent(task)).text, {
      agent: domain.name,
      concurrency: CONCURRENCY,
    });
    try {
      say(`${domain.name}: ${options.trainingTasks} training tasks`);
      await train(
        agent,
        world.training.slice(0, options.trainingTasks).map(({ text }) => text),
      );
      const { complete } = await telemetry.flush(FLUSH_DEADLINE_MS);
      if (!complete) throw new Error('the spans of the training runs could not be delivered');
      say(`${domain.name}: learning`);
      const pass = await api.learn({ runsBudget: options.runsBudget, seed, onProgress: () => undefined });
      say(
        `${domain.name}: ${pass.runsAnalysed} runs analysed, ${pass.proposed} lessons, ${pass.candidates} candidates, ${pass.promoted.length} promoted, ${pass.trials} trials ${JSON.stringify(pass.dropped)} ${pass.notes.join(' ')}`,
      );
      const sealed = world.sealed.slice(0, options.sealedTasks).map(({ text }) => text);
      const before = await share(agent, sealed, 'none');
      const after = await share(agent, sealed, 'active');
      const promoted: Record<Meaning, number> = { right: 0, false: 0, vague: 0, poison: 0 };
      for (const rule of await api.rules())
        if (rule.status === 'active') promoted[meaningOf(world, rule)] += 1;
      const oracle = accuracyOf(world, () => oracleLines(world).join('\n'));
      return { domain: domain.name, before, after, oracle, promoted, trials: pass.trials };
    } finally {
      await runner.stop();
    }
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}

async function train(agent: WorldAgent, tasks: readonly string[]): Promise<void> {
  await mapPool(tasks, CONCURRENCY, async (task) => {
    const { result, run } = await agent(task);
    if (run === undefined) return;
    recordOutcome(
      { name: 'environment', source: 'check', passed: result.score === 1, comment: result.comment },
      { run },
    );
  });
}

/** The rule set is fixed by override: no coins. */
async function share(agent: WorldAgent, tasks: readonly string[], rules: 'none' | 'active'): Promise<number> {
  const scores = await mapPool(tasks, CONCURRENCY, (task) =>
    withOverride(rules, async () => (await agent(task)).result.score),
  );
  return scores.reduce((sum, score) => sum + score, 0) / tasks.length;
}

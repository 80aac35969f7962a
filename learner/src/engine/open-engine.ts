import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { createCollector, type Collector } from '@tracelore/collector';
import { openStore, openTenancy, type Store } from '@tracelore/collector/store';
import { openBackend, type OpenBackend } from '@tracelore/sdk/node';
import type { Config } from '../config.ts';
import type { LearnerParts } from '../learner-parts.ts';
import { createLearner } from '../learner.ts';
import type { Spending } from '../llm/daily-spending.ts';
import { dailySpending } from '../llm/daily-spending.ts';
import { createModels } from '../models.ts';
import type { OwnParts } from '../own-parts.ts';
import { locationOf } from '../store/location.ts';
import { LearnerError } from '../errors.ts';
import { engineConfig, type EngineOptions } from './engine-options.ts';
import { localService } from './local-service.ts';

/** Everything of an engine that runs: a store, a collector that takes its spans, the learner on both. */
export interface RunningEngine {
  readonly config: Config;
  readonly project: string;
  readonly store: Store;
  readonly parts: LearnerParts;
  readonly backend: OpenBackend;
  readonly spending: Spending;
  /** Where its spans go, and the key for it. */
  readonly otlp: { readonly url: string; readonly apiKey: string };
  /** Resolves when what was recorded so far can be read. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** A run is recomputed this long after its last span, ms. */
const RUN_QUIET_MS = 2_000;
const CLOSE_MS = 15_000;

/** Stores that engines of this process have open. */
const OPEN_PLACES = new Set<string>();

function placeOf({ clickhouseUrl, database, data }: Config): string {
  return clickhouseUrl === '' ? path.resolve(data) : `database ${database} at ${new URL(clickhouseUrl).host}`;
}

/**
 * Opens the store and starts the shipped parts on it in this process. Spans arrive at a free port of the loopback interface,
 * behind a key that nobody else knows; the API has no port at all.
 */
export async function openEngine(options: EngineOptions): Promise<RunningEngine> {
  const config = engineConfig(options, process.env);
  const report = options.report ?? ((text: string) => void process.stderr.write(`tracelore: ${text}\n`));
  const spending = dailySpending(() => new Date(), options.learningBudgetPerDay);
  const place = placeOf(config);
  // Two of them would write one log, each without knowing of the other.
  if (OPEN_PLACES.has(place)) {
    const message = `${place} is open in another engine of this process: use that one, or close it first.`;
    throw new LearnerError('conflict', message);
  }
  OPEN_PLACES.add(place);
  const closers: (() => Promise<unknown>)[] = [() => Promise.resolve(OPEN_PLACES.delete(place))];
  const close = async (): Promise<void> => {
    const failures: unknown[] = [];
    // Last opened, first closed: the learner writes through the collector, and both into the store.
    for (const end of closers.splice(0).toReversed())
      await end().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };
  try {
    const store = await openStore({ location: locationOf(config), database: config.database });
    closers.push(() => store.close(CLOSE_MS));
    const apiKey = randomBytes(24).toString('hex');
    const collector: Collector = createCollector({
      store,
      port: 0,
      apiKeys: [{ key: apiKey, project: config.project }],
      redaction: config.redaction,
      runQuietMs: RUN_QUIET_MS,
      onError: (error) => report(`collector: ${String(error)}`),
    });
    closers.push(() => collector.shutdown(CLOSE_MS));
    // Whoever can call the engine is its owner: nobody has to be told apart from anybody.
    const tenancy = await openTenancy({ store, apiKeys: [], report });
    closers.push(() => tenancy.close());
    const own = ownParts(options, config, spending);
    const learner = await createLearner({ store, config, collector, tenancy, own, listens: false, report });
    closers.push(() => learner.shutdown(CLOSE_MS));
    await collector.start();
    await learner.start();
    const { url } = collector.address;
    const spoolDirectory = path.join(path.resolve(config.data), 'engine-spool');
    const backend = openBackend(
      { otlpEndpoint: url, apiKey, project: config.project, spoolDirectory },
      localService(learner.parts, config.project),
    );
    closers.push(() => backend.close());
    return {
      config,
      project: config.project,
      store,
      parts: learner.parts,
      backend: options.tracer === undefined ? backend : { ...backend, tracer: options.tracer },
      spending,
      otlp: { url, apiKey },
      async settle() {
        await backend.flush();
        await Promise.all([collector.settleRuns(), learner.parts.decisions.flush()]);
      },
      close,
    };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

/** The parts that the options replace. Models are watched wherever they come from. */
function ownParts(options: EngineOptions, config: Config, spending: Spending): OwnParts {
  const configured = createModels(config);
  const model = typeof options.model === 'object' ? options.model : configured.model;
  const judge = typeof options.judgeModel === 'object' ? options.judgeModel : configured.judge;
  const judging = judge ?? model;
  return {
    ...(model === undefined ? {} : { model: spending.watch(model) }),
    ...(judging === undefined ? {} : { judge: spending.watch(judging) }),
    ...(options.analyzer === undefined ? {} : { analyzer: options.analyzer }),
    ...(options.signal === undefined ? {} : { runJudge: options.signal }),
    ...(options.injector === undefined ? {} : { injector: options.injector }),
    // Whoever has something to say says it while the agent runs: nobody is waited for.
    judgeAfterMs: 0,
  };
}

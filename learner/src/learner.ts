import type { Store } from '@tracelore/collector/store';
import type { Hono } from 'hono';
import { modelConfigured, type Config } from './config.ts';
import { createFreshness } from './freshness.ts';
import { createAccess } from './http/access.ts';
import { createApp } from './http/app.ts';
import type { Endpoint } from './http/endpoint.ts';
import { evalEndpoints } from './http/evals.ts';
import { knowledgeEndpoints } from './http/knowledge.ts';
import { learningEndpoints } from './http/learning.ts';
import type { Metric } from './http/metrics.ts';
import { outcomeEndpoints } from './http/outcomes.ts';
import { recordEndpoints } from './http/records.ts';
import { listen, type ListeningServer } from './http/server.ts';
import { statusEndpoints } from './http/status.ts';
import { traceEndpoints } from './http/traces.ts';
import { trialEndpoints } from './http/trials.ts';
import { newRandomId, type NewId } from './ids.ts';
import { createRenderer } from './injectors/renderer.ts';
import { createSelector } from './injectors/selector.ts';
import type { KnowledgeBase } from './knowledge/knowledge-base.ts';
import { createKnowledgeLog } from './knowledge/knowledge-log.ts';
import { openKnowledge, type KnowledgeRegistry } from './knowledge/knowledge-registry.ts';
import { createLearningLoop, type LearningLoop } from './learn/learning-loop.ts';
import { learnerMetrics } from './learner-metrics.ts';
import { createModels } from './models.ts';
import { repeat, type Repeated } from './repeat.ts';
import { createDecisionLog, type DecisionLog } from './serving/decision-log.ts';
import { createKnowledgeServing, type KnowledgeServing } from './serving/knowledge-serving.ts';
import { DEFAULT_SIGNALS } from './signals/deterministic-signals.ts';
import { createSettler, type Settler } from './signals/settle-runs.ts';
import { migrateLearner } from './store/migrate.ts';
import { projectsWithRuns } from './store/projects.ts';
import { createOutcomeRecorder } from './store/record-outcomes.ts';
import { loadSecret } from './store/secret.ts';
import { systemClock } from './trials/clock.ts';
import { VERSION } from './version.ts';

export interface LearnerOptions {
  /** Open and migrated by the collector; closed by whoever opened it, after `shutdown`. */
  readonly store: Store;
  readonly config: Config;
  /** Brings runs that were just received up to date, when the collector is at hand: a learning pass then sees them. */
  readonly settleRuns?: () => Promise<void>;
  /** Further values for `GET /metrics`, for example the collector's. */
  readonly metrics?: () => readonly Metric[];
  /** Pause between two looks for runs that deterministic signals can judge, ms. Default 15 000. */
  readonly settlePauseMs?: number;
  readonly now?: () => Date;
  readonly newId?: NewId;
  /** Takes what the operator should read. Default: stderr. */
  readonly report?: (text: string) => void;
}

/** The learner: knowledge, the API in front of it, and the work in the background. */
export interface Learner {
  /** The API without a socket. */
  readonly app: Hono;
  /** Listens on the configured address; resolves with its URL. Safe to call twice. */
  start(): Promise<string>;
  /** Stops taking requests, ends what runs, and stores what waits. Safe to call twice. */
  shutdown(deadlineMs?: number): Promise<void>;
}

/** Time for requests under way at the end, ms. */
const SHUTDOWN_DEADLINE_MS = 10_000;
const SETTLE_PAUSE_MS = 15_000;

/** The parts of one learner. */
interface Parts {
  readonly registry: KnowledgeRegistry;
  readonly serving: KnowledgeServing;
  readonly decisions: DecisionLog;
  readonly loop: LearningLoop;
  /** Judges by deterministic signals only: a model is asked in learning passes, where somebody asked for it. */
  readonly settler: Settler;
  readonly recordOutcomes: ReturnType<typeof createOutcomeRecorder>;
}

type Resolved = LearnerOptions & Required<Pick<LearnerOptions, 'now' | 'newId' | 'report'>>;

/**
 * Builds the learner on a store: creates its tables, loads and verifies its knowledge. The one place where its parts are
 * put together. Throws {@link LearnerError} when the knowledge log is broken.
 */
export async function createLearner(options: LearnerOptions): Promise<Learner> {
  const resolved: Resolved = {
    ...options,
    now: options.now ?? (() => new Date()),
    newId: options.newId ?? newRandomId,
    report: options.report ?? ((text: string) => void process.stderr.write(`${text}\n`)),
  };
  const { config, report } = resolved;
  const parts = await createParts(resolved);
  const ending = new AbortController();
  let server: ListeningServer | undefined;
  let settling: Repeated | undefined;
  let starting: Promise<string> | undefined;
  let stopping: Promise<void> | undefined;
  const app = createApp({
    endpoints: endpointsOf(parts, resolved, ending.signal),
    access: createAccess({ keys: config.apiKeys, defaultProject: config.project }),
    unready: () => (stopping === undefined ? undefined : 'The service is shutting down.'),
    report,
    newId: resolved.newId,
    metrics: () => [...learnerMetrics(parts.registry, parts.decisions), ...(options.metrics?.() ?? [])],
    version: VERSION,
  });

  async function settleAll(signal: AbortSignal): Promise<void> {
    for (const project of await projectsWithRuns(options.store)) {
      if (!signal.aborted) await parts.settler.settle(project, signal);
    }
  }

  async function begin(): Promise<string> {
    server = await listen(app, config.host, config.port);
    settling = repeat(settleAll, options.settlePauseMs ?? SETTLE_PAUSE_MS, (text) =>
      report(`signals: ${text}`),
    );
    return server.url;
  }

  async function stop(deadlineMs: number): Promise<void> {
    ending.abort();
    await settling?.stop();
    // Passes and evaluations first: they end by themselves, and whoever polls them still gets an answer.
    await parts.loop.stop();
    await server?.close(deadlineMs);
    await parts.decisions.close();
  }

  return {
    app,
    start: () => (starting ??= begin()),
    shutdown: (deadlineMs = SHUTDOWN_DEADLINE_MS) => (stopping ??= stop(deadlineMs)),
  };
}

async function createParts({ store, config, now, newId, report }: Resolved): Promise<Parts> {
  const { driver, database } = store;
  await migrateLearner(store);
  const secret = await loadSecret(driver, database, now);
  const registry = await openKnowledge({ log: createKnowledgeLog(driver, database), now, newId });
  const knowledge = (project: string): KnowledgeBase => registry.of(project);
  const recordOutcomes = createOutcomeRecorder({ store, now, newId });
  const decisions = createDecisionLog({
    driver,
    database,
    ids: newId,
    onError: (error, dropped) => report(`${dropped} decision record(s) were not stored: ${String(error)}`),
  });
  // Serving asks the broker for the rules of a trial; the learner asks serving what an agent would be given.
  const serving: KnowledgeServing = createKnowledgeServing({
    knowledge,
    selector: createSelector(),
    renderer: createRenderer({ secret }),
    decisions,
    trialRules: (trialId) => loop.broker.rulesOf(trialId),
    holdout: { global: config.holdoutGlobal, rule: config.holdoutRule },
    secret,
    now,
    ids: newId,
  });
  const loop: LearningLoop = createLearningLoop({
    store,
    knowledge,
    render: (project, task, rules) => serving.render(project, task, rules),
    recordOutcomes,
    ...createModels(config),
    requireApproval: config.requireApproval,
    newId,
    clock: { ...systemClock, now },
  });
  const settler = createSettler({ reader: store, signals: DEFAULT_SIGNALS, record: recordOutcomes, now });
  return { registry, serving, decisions, loop, settler, recordOutcomes };
}

function endpointsOf(parts: Parts, resolved: Resolved, ending: AbortSignal): Endpoint[] {
  const { store, config, newId, settleRuns } = resolved;
  const { registry, serving, decisions, loop, recordOutcomes } = parts;
  const { learning, evals, cases, broker, verdicts } = loop;
  const knowledge = (project: string): KnowledgeBase => registry.of(project);
  const fresh = settleRuns === undefined ? () => Promise.resolve() : createFreshness(settleRuns);
  return [
    ...knowledgeEndpoints({
      knowledge,
      serve: (request, project) => serving.get(request, project),
      verdictOf: (project, ruleId) => verdicts.verdictOf(project, ruleId),
    }),
    ...outcomeEndpoints({ recordOutcomes, newId }),
    ...traceEndpoints(store, fresh),
    ...trialEndpoints(broker, ending),
    ...learningEndpoints({
      start: async (project, request) => {
        await settleRuns?.();
        return await learning.start(project, request);
      },
      find: (project, id) => learning.find(project, id),
      list: (project) => learning.list(project),
    }),
    ...evalEndpoints(evals),
    ...recordEndpoints({
      cycles: (project, ruleId) => verdicts.cycles(project, ruleId),
      cycle: (project, id) => verdicts.cycle(project, id),
      decision: (project, id) => decisions.get(project, id),
    }),
    ...statusEndpoints({
      version: VERSION,
      knowledge,
      countRuns: async (project) => {
        await fresh();
        return await store.countRuns(project);
      },
      countCases: (project) => cases.count(project),
      countRunners: (project) => broker.runners(project).filter(({ isAlive }) => isAlive).length,
      lastPass: (project) => learning.last(project),
      model: modelConfigured(config) ? config.model : '',
      keyless: config.apiKeys.size === 0,
    }),
  ];
}

import type { Store } from '@tracelore/collector/store';
import type { Hono } from 'hono';
import { modelConfigured, type Config } from './config.ts';
import { createAccess } from './http/access.ts';
import { createApp } from './http/app.ts';
import type { Endpoint } from './http/endpoint.ts';
import { knowledgeEndpoints } from './http/knowledge.ts';
import { outcomeEndpoints } from './http/outcomes.ts';
import { recordEndpoints } from './http/records.ts';
import { listen, type ListeningServer } from './http/server.ts';
import { statusEndpoints } from './http/status.ts';
import { traceEndpoints } from './http/traces.ts';
import { newRandomId, type NewId } from './ids.ts';
import { createRenderer } from './injectors/renderer.ts';
import { createSelector } from './injectors/selector.ts';
import type { KnowledgeBase } from './knowledge/knowledge-base.ts';
import { createKnowledgeLog } from './knowledge/knowledge-log.ts';
import { openKnowledge } from './knowledge/knowledge-registry.ts';
import { createDecisionLog } from './serving/decision-log.ts';
import { createKnowledgeServing } from './serving/knowledge-serving.ts';
import { migrateLearner } from './store/migrate.ts';
import { createOutcomeRecorder } from './store/record-outcomes.ts';
import { loadSecret } from './store/secret.ts';
import { VERSION } from './version.ts';

export interface LearnerOptions {
  /** Open and migrated by the collector; closed by whoever opened it, after `shutdown`. */
  readonly store: Store;
  readonly config: Config;
  readonly now?: () => Date;
  readonly newId?: NewId;
  /** Takes what the operator should read. Default: stderr. */
  readonly report?: (text: string) => void;
}

/** The learner: knowledge, the API in front of it, and the work in the background. */
export interface Learner {
  /** The API without a socket. */
  readonly app: Hono;
  /** Listens on the configured address; resolves with its URL. */
  start(): Promise<string>;
  /** Stops taking requests, finishes or cuts what runs, and stores what waits, within `deadlineMs`. Safe to call twice. */
  shutdown(deadlineMs?: number): Promise<void>;
}

const SHUTDOWN_DEADLINE_MS = 10_000;

/**
 * Builds the learner on a store: creates its tables, loads and verifies its knowledge. The one place where its parts are
 * put together. Throws {@link LearnerError} when the knowledge log is broken.
 */
export async function createLearner(options: LearnerOptions): Promise<Learner> {
  const { store, config } = options;
  const { driver, database } = store;
  const now = options.now ?? (() => new Date());
  const newId = options.newId ?? newRandomId;
  const report = options.report ?? ((text: string) => void process.stderr.write(`${text}\n`));

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
  const serving = createKnowledgeServing({
    knowledge,
    selector: createSelector(),
    renderer: createRenderer({ secret }),
    decisions,
    trialRules: () => undefined,
    holdout: { global: config.holdoutGlobal, rule: config.holdoutRule },
    secret,
    now,
    ids: newId,
  });

  const endpoints: Endpoint[] = [
    ...knowledgeEndpoints({
      knowledge,
      serve: (request, project) => serving.get(request, project),
      verdictOf: () => Promise.resolve(undefined),
    }),
    ...outcomeEndpoints({ recordOutcomes, newId }),
    ...traceEndpoints(store),
    ...recordEndpoints({
      cycles: () => Promise.resolve([]),
      cycle: () => Promise.resolve(undefined),
      decision: (project, id) => decisions.get(project, id),
    }),
    ...statusEndpoints({
      version: VERSION,
      knowledge,
      countRuns: (project) => store.countRuns(project),
      countCases: () => Promise.resolve(0),
      countRunners: () => 0,
      lastPass: () => Promise.resolve(undefined),
      model: modelConfigured(config) ? config.model : '',
      keyless: config.apiKeys.size === 0,
    }),
  ];

  let server: ListeningServer | undefined;
  let stopping: Promise<void> | undefined;
  const app = createApp({
    endpoints,
    access: createAccess({ keys: config.apiKeys, defaultProject: config.project }),
    unready: () => (stopping === undefined ? undefined : 'The service is shutting down.'),
    report,
    newId,
    version: VERSION,
  });

  async function stop(deadlineMs: number): Promise<void> {
    await server?.close(deadlineMs);
    await decisions.close();
  }

  return {
    app,
    async start() {
      server = await listen(app, config.host, config.port);
      return server.url;
    },
    shutdown: (deadlineMs = SHUTDOWN_DEADLINE_MS) => (stopping ??= stop(deadlineMs)),
  };
}

import { openTenancy, type Tenancy } from '@tracelore/collector/store';
import { createAccess } from './http/access.ts';
import { createApp, type App } from './http/app.ts';
import { bodyRedactor } from './http/redact-body.ts';
import { createReadiness, type Check } from './http/readiness.ts';
import { createRequestTimes } from './http/request-times.ts';
import { listen, type Certificate, type ListeningServer } from './http/server.ts';
import type { ImportPort } from './http/store.ts';
import { refuseExposed } from './exposure.ts';
import { EMBED_WAIT_MS } from './serving/knowledge-serving.ts';
import { newRandomId, type NewId } from './ids.ts';
import { learnerEndpoints } from './learner-endpoints.ts';
import { observedServing, observeLearner } from './learner-metrics.ts';
import { createParts, type LearnerParts, type PartsOptions } from './learner-parts.ts';
import type { Observe } from './observe.ts';
import { repeat, type Repeated } from './repeat.ts';
import { projectsWithRuns } from './store/projects.ts';
import { StoreMaintenance } from './store/store-maintenance.ts';
import { LEASE_PAUSE_MS } from './store/worker-lease.ts';
import { VERSION } from './version.ts';

export interface LearnerOptions extends Pick<PartsOptions, 'store' | 'config' | 'collector' | 'own'> {
  /** Projects and keys, when a collector in this process shares them; closed by whoever opened them. Default: opened here. */
  readonly tenancy?: Tenancy;
  /** For TLS on the API. Default: plain HTTP. */
  readonly certificate?: Certificate;
  /** Where the learner registers what it measures, and what `GET /metrics` shows. Default: nothing is measured. */
  readonly observe?: Observe;
  /** Stores what comes from files; absent = the API does not offer it. */
  readonly importer?: ImportPort;
  /** Further checks for `GET /readyz`, for example the collector's. */
  readonly checks?: () => readonly Check[];
  /** False: the API has no port, only {@link Learner.app}. Default true. */
  readonly listens?: boolean;
  /** Pause between two looks for runs that deterministic signals can judge, ms. Default 15 000. */
  readonly settlePauseMs?: number;
  /** Pause between two looks at what production says about rules, ms. Default 15 000. */
  readonly watchPauseMs?: number;
  readonly now?: () => Date;
  readonly newId?: NewId;
  /** Takes what the operator should read. Default: stderr. */
  readonly report?: (text: string) => void;
}

/** The learner: knowledge, the API in front of it, and the work in the background. */
export interface Learner {
  /** The API without a socket. */
  readonly app: App;
  /** For whoever lives in the same process. */
  readonly parts: LearnerParts;
  /** Listens on the configured address and begins the background's work; its URL, '' without a port. Safe to call twice. */
  start(): Promise<string>;
  /** Stops taking requests, ends what runs, and stores what waits. Safe to call twice. */
  shutdown(deadlineMs?: number): Promise<void>;
}

/** Time for requests under way at the end, ms. */
const SHUTDOWN_DEADLINE_MS = 10_000;
/** Rules whose conditions are asked for before the service is ready: a tenth of a second at 10 000 rules. */
const WARM_UP_TASKS = 100;
const SETTLE_PAUSE_MS = 15_000;
const WATCH_PAUSE_MS = 15_000;
/** Processes that started together must not look for the lease at the same moments for ever. */
const LEASE_JITTER_MS = 2_000;

/**
 * Builds the learner on a store: creates its tables, loads and verifies its knowledge. Throws {@link LearnerError} when the knowledge log is broken.
 */
export async function createLearner(options: LearnerOptions): Promise<Learner> {
  const resolved: PartsOptions = {
    ...options,
    now: options.now ?? (() => new Date()),
    newId: options.newId ?? newRandomId,
    report: options.report ?? ((text: string) => void process.stderr.write(`${text}\n`)),
  };
  const { config, report } = resolved;
  const tenancy = options.tenancy ?? (await ownTenancy(resolved));
  const parts = await createParts({ ...resolved, isKeyless: () => !tenancy.ring.isRequired }).catch(
    async (error: unknown) => {
      if (options.tenancy === undefined) await tenancy.close();
      throw error;
    },
  );
  const { observe } = options;
  if (observe !== undefined) observeLearner(observe.meter, parts);
  const serving = observe === undefined ? parts.serving : observedServing(observe.meter, parts.serving);
  const maintenance = new StoreMaintenance(options.store, resolved.now);
  const ending = new AbortController();
  let server: ListeningServer | undefined;
  let settling: Repeated | undefined;
  let watching: Repeated | undefined;
  let working: Repeated | undefined;
  let starting: Promise<string> | undefined;
  let stopping: Promise<void> | undefined;
  const app = createApp({
    endpoints: learnerEndpoints(
      { ...parts, serving },
      { ...resolved, tenancy, maintenance, ...(options.importer && { importer: options.importer }) },
      ending.signal,
    ),
    access: createAccess({ ring: tenancy.ring, defaultProject: config.project }),
    record: (entry) => tenancy.audit.record(entry),
    redact: bodyRedactor(config.redaction),
    readiness: createReadiness({
      isEnding: () => stopping !== undefined,
      probe: (signal) => options.store.driver.query('SELECT 1', { signal }),
      checks: () => options.checks?.() ?? [],
    }),
    report,
    newId: resolved.newId,
    metrics: observe,
    times: observe && createRequestTimes(observe.meter),
    version: VERSION,
  });

  /** One of several processes on a store judges runs and moves rules; all of them serve. */
  async function keepWorking(): Promise<void> {
    const wasWorking = parts.worker.isWorking();
    await parts.worker.keep();
    const isWorking = parts.worker.isWorking();
    if (isWorking !== wasWorking)
      report(isWorking ? 'this process now learns and writes knowledge' : (parts.worker.other() ?? ''));
  }

  async function settleAll(signal: AbortSignal): Promise<void> {
    if (!parts.worker.isWorking()) return;
    for (const project of await projectsWithRuns(options.store)) {
      if (!signal.aborted) await parts.settler.settle(project, signal);
    }
  }

  /**
   * The first answers must be as quick as the others: vocabulary, vectors and indexes are in memory before anyone asks, and the
   * code that searches them has run often enough to be compiled. Nothing of it is recorded.
   */
  async function warmUp(): Promise<void> {
    const projects = new Set([config.project, ...parts.registry.projects()]);
    let tasksLeft = WARM_UP_TASKS;
    for (const project of projects) {
      await parts.serving.prepare(project, [''], { signal: AbortSignal.timeout(EMBED_WAIT_MS) });
      const rules = parts.registry.of(project).served();
      const tasks = rules.slice(0, tasksLeft).map(({ appliesWhen }) => appliesWhen);
      for (const task of ['warm up', ...tasks]) parts.serving.render(project, task, rules);
      tasksLeft -= tasks.length;
    }
  }

  async function watchAll(signal: AbortSignal): Promise<void> {
    if (!parts.worker.isWorking()) return;
    const failures: unknown[] = [];
    for (const project of parts.registry.projects()) {
      if (signal.aborted) break;
      // One project that cannot be looked at must not keep the others waiting.
      await parts.online
        .look(project)
        .then(() => parts.upkeep(project))
        .catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  async function begin(): Promise<string> {
    refuseExposed(config.host, tenancy.ring);
    // Rules whose time ran out while nobody was here must not be served even once.
    if (parts.worker.isWorking())
      for (const project of parts.registry.projects()) await parts.upkeep(project);
    await warmUp();
    if (options.listens !== false) server = await listen(app, config.host, config.port, options.certificate);
    settling = repeat(settleAll, options.settlePauseMs ?? SETTLE_PAUSE_MS, (text) =>
      report(`signals: ${text}`),
    );
    watching = repeat(watchAll, options.watchPauseMs ?? WATCH_PAUSE_MS, (text) => report(`watch: ${text}`));
    if (options.store.location.kind === 'server')
      working = repeat(keepWorking, LEASE_PAUSE_MS + Math.random() * LEASE_JITTER_MS, (text) =>
        report(`worker: ${text}`),
      );
    const other = parts.worker.other();
    if (other !== undefined) report(other);
    return server?.url ?? '';
  }

  async function stop(deadlineMs: number): Promise<void> {
    ending.abort();
    await Promise.all([settling?.stop(), watching?.stop(), maintenance.stop()]);
    // Passes and evaluations first: they end by themselves, and whoever polls them still gets an answer.
    await Promise.all([parts.loop.stop(), parts.reports.stop()]);
    await server?.close(deadlineMs);
    await parts.decisions.close();
    await parts.webhooks.stop();
    // The next one takes over what is wholly written.
    await working?.stop();
    await parts.worker.stop();
    if (options.tenancy === undefined) await tenancy.close();
  }

  return {
    app,
    parts,
    start: () => (starting ??= begin()),
    shutdown: (deadlineMs = SHUTDOWN_DEADLINE_MS) => (stopping ??= stop(deadlineMs)),
  };
}

function ownTenancy({ store, config, now, report }: PartsOptions): Promise<Tenancy> {
  const apiKeys = [...config.apiKeys].map(([key, project]) => ({ key, project }));
  return openTenancy({ store, apiKeys, now, report });
}

import type { Store } from '@tracelore/collector/store';
import { modelConfigured, type Config } from './config.ts';
import type { NewId } from './ids.ts';
import { injectorSelector, smartInjector } from './injectors/injector.ts';
import { createRenderer } from './injectors/renderer.ts';
import { scannedSelector, type WithheldRule } from './injectors/scanned-selector.ts';
import { createSelector, type PreparedSelector, type SelectorOptions } from './injectors/selector.ts';
import type { KnowledgeBase } from './knowledge/knowledge-base.ts';
import { guardedLog } from './knowledge/guarded-log.ts';
import { createKnowledgeLog } from './knowledge/knowledge-log.ts';
import { openKnowledge, type KnowledgeRegistry } from './knowledge/knowledge-registry.ts';
import type { Rule } from './knowledge/rule.ts';
import { createLearningLoop, type LearningLoop } from './learn/learning-loop.ts';
import { createEmbedder, createModels } from './models.ts';
import { createOnlineControl, type OnlineControl } from './online/online-control.ts';
import { stageShares } from './online/stage.ts';
import { storedUnits } from './online/stored-units.ts';
import type { OwnParts } from './own-parts.ts';
import { textRedactor } from './redaction-config.ts';
import { createKnowledgeReports, type KnowledgeReports } from './reports/knowledge-reports.ts';
import { createDecisionLog, type DecisionLog } from './serving/decision-log.ts';
import { createKnowledgeServing, type KnowledgeServing } from './serving/knowledge-serving.ts';
import { DEFAULT_SIGNALS } from './signals/deterministic-signals.ts';
import { soleSource } from './safety/corroboration.ts';
import { createSettler, type Settler } from './signals/settle-runs.ts';
import { createSignalReporter, type SignalReporter } from './signals/signal-report.ts';
import type { RecordOutcomes } from './signals/signal.ts';
import { migrateLearner } from './store/migrate.ts';
import { createOutcomeRecorder } from './store/record-outcomes.ts';
import { loadSecret } from './store/secret.ts';
import { createWorkerLease, OWN_STORE, thisProcess, type WorkerLease } from './store/worker-lease.ts';
import { systemClock } from './trials/clock.ts';
import { noticesOf } from './webhooks/event-notices.ts';
import { createSplitAlarms } from './webhooks/split-notices.ts';
import { createWebhooks, type Webhooks } from './webhooks/webhooks.ts';
import { createWorker, type Worker } from './worker.ts';

const MS_PER_HOUR = 3_600_000;
const MS_PER_DAY = 86_400_000;
/** Times that a process which only follows looks for new knowledge before it also reads the stages of rules again. */
const LOOKS_PER_STAGES = 12;

type Batch = Parameters<Store['write']>[0];

/** What the learner needs of a collector. */
export interface CollectorPort {
  /** Stores a batch, once per key. */
  record(batch: Batch, key: string): Promise<void>;
  /** Brings every run that was touched so far up to date. */
  settleRuns(): Promise<void>;
}

export interface PartsOptions {
  /** Open and migrated by the collector; closed by whoever opened it, after `shutdown`. */
  readonly store: Store;
  readonly config: Config;
  /**
   * The collector that writes to the same store, when it runs in this process. Outcomes then go through it, so that one
   * part alone recomputes runs, and readers see what it received a moment ago.
   */
  readonly collector?: CollectorPort;
  /** Whether everybody who can reach the service is one trusted owner. Default: whether no key is configured. */
  readonly isKeyless?: () => boolean;
  /** Default: everything as configured. */
  readonly own?: OwnParts;
  readonly now: () => Date;
  readonly newId: NewId;
  /** Takes what the operator should read. */
  readonly report: (text: string) => void;
}

/** The parts of one learner. */
export interface LearnerParts {
  readonly registry: KnowledgeRegistry;
  readonly serving: KnowledgeServing;
  readonly decisions: DecisionLog;
  readonly loop: LearningLoop;
  /** Whether this process learns and writes, or follows the one that does. */
  readonly worker: Worker;
  /** Measures served rules on production and removes those that harm. */
  readonly online: OnlineControl;
  /** What the knowledge does and costs. */
  readonly reports: KnowledgeReports;
  /** Tells others when somebody is needed. */
  readonly webhooks: Webhooks;
  /** What time and production demand of the knowledge: rules whose time is up, alarms about experiments. Only where work is done. */
  readonly upkeep: (project: string) => Promise<void>;
  /** Judges by deterministic signals only: a model is asked in learning passes, where somebody asked for it. */
  readonly settler: Settler;
  /** How far judges and users can be believed. */
  readonly signals: SignalReporter;
  /** Rules that are in force and were kept from agents, for what the present scanner finds in them. */
  readonly withheld: () => readonly WithheldRule[];
  /** For the API: resolves when outcomes are stored. */
  readonly recordOutcomes: RecordOutcomes;
}

/** Creates the tables, loads and verifies the knowledge, and puts the parts together. */
export async function createParts(options: PartsOptions): Promise<LearnerParts> {
  const { store, config, now, newId, report } = options;
  const { injector = smartInjector(), ...ownLoop } = options.own ?? {};
  const { driver, database } = store;
  await migrateLearner(store);
  const secret = await loadSecret(driver, database, now);
  const demandWork = (): void => worker.demand();
  const webhooks = createWebhooks({
    urls: config.webhooks,
    secret: config.webhookSecret,
    allowsPrivate: config.webhookPrivate,
    clock: { ...systemClock, now },
    report,
  });
  const registry: KnowledgeRegistry = await openKnowledge({
    log: guardedLog(createKnowledgeLog(driver, database), demandWork),
    now,
    newId,
    pinPersons: config.pinPersons,
    onEvents: (events) => webhooks.tell(noticesOf(events, { find })),
  });
  const find = (project: string, ruleId: string): Rule | undefined => {
    const found = registry.of(project).find(ruleId);
    return found.ok ? found.rule : undefined;
  };
  const knowledge = (project: string): KnowledgeBase => registry.of(project);
  const isKeyless = options.isKeyless ?? (() => config.apiKeys.size === 0);
  const signals = createSignalReporter({ driver, database, now });
  const online = createOnlineControl({
    ...storedUnits({ driver, database, newId }),
    knowledge,
    shares: stageShares(config.holdoutRule, config.stages, injector.canaryShare),
    holdoutGlobal: config.holdoutGlobal,
    outcomeWindowMs: config.outcomeWindowHours * MS_PER_HOUR,
    deciding: (project) => signals.deciding(project),
    isKeyless,
    now,
  });
  /** Share of the units with a rule that went well: what it looks like, not what the rule changes. */
  const effectiveness = (rule: Rule): number | undefined => {
    const seen = online.views(rule.project, rule).find(({ current }) => current)?.with;
    return seen?.outcome ?? undefined;
  };
  const injectorsSelector = (given: SelectorOptions): PreparedSelector =>
    injectorSelector(injector, createSelector(given), effectiveness);
  let looks = 0;
  const worker = createWorker(leaseOf(options), async (isNew) => {
    await registry.refresh();
    if (isNew || looks % LOOKS_PER_STAGES === 0) await online.load(registry.projects());
    looks += 1;
  });
  await worker.keep();
  const { record, refresh, recordForApi } = outcomePaths(options);
  const decisions = createDecisionLog({
    driver,
    database,
    ids: newId,
    onError: (error, dropped) => report(`${dropped} decision record(s) were not stored: ${String(error)}`),
  });
  const sourceOf = (rule: Rule): string | undefined => (isKeyless() ? undefined : soleSource(rule));
  const selector = scannedSelector(
    injectorsSelector({ embedder: createEmbedder(config, report), sourceOf }),
    (rule) => report(withheldInWords(rule)),
  );
  // Serving asks the broker for the rules of a trial; the learner asks serving what an agent would be given.
  const serving: KnowledgeServing = createKnowledgeServing({
    knowledge,
    selector,
    renderer: createRenderer({ secret, effectiveness }),
    format: injector.format,
    isHarmless: (rule) => selector.isHarmless(rule),
    effectiveness,
    decisions,
    trialRules: (project, trialId) => loop.broker.rulesOf(project, trialId),
    holdout: { global: config.holdoutGlobal, rule: config.holdoutRule },
    treatments: (project, asking) => online.treatments(project, asking),
    secret,
    redact: textRedactor(config.redaction),
    now,
    ids: newId,
  });
  const loop: LearningLoop = createLearningLoop({
    store,
    knowledge,
    render: (project, task, rules) => serving.render(project, task, rules),
    prepare: (project, tasks, rules) => serving.prepare(project, tasks, { rules }),
    recordOutcomes: record,
    refreshRuns: refresh,
    ...createModels(config, now),
    ...ownLoop,
    requireApproval: config.requireApproval,
    isKeyless,
    deciding: (project) => signals.deciding(project),
    demandWork,
    modelCallsPerDay: config.modelCallsPerDay,
    modelTokensPerDay: config.modelTokensPerDay,
    newId,
    clock: { ...systemClock, now },
  });
  const alarms = createSplitAlarms({ find, views: (project, rule) => online.views(project, rule) });
  const reports = createKnowledgeReports({
    driver,
    database,
    reader: store,
    knowledge,
    online,
    holdoutGlobal: config.holdoutGlobal,
    cases: loop.cases,
    broker: loop.broker,
    settle: async () => await options.collector?.settleRuns(),
    flushDecisions: () => decisions.flush(),
    model: modelConfigured(config) ? config.model : '',
    now,
    newId,
  });
  const settler = createSettler({ reader: store, signals: DEFAULT_SIGNALS, record, refresh, now });
  return {
    registry,
    serving,
    decisions,
    loop,
    worker,
    online,
    reports,
    webhooks,
    upkeep: async (project) => {
      const base = knowledge(project);
      await base.expireDue(config.ruleExpiryDays * MS_PER_DAY);
      webhooks.tell(alarms.notices(project, online.brokenRules(project), now()));
    },
    settler,
    signals,
    withheld: () => selector.withheld(),
    recordOutcomes: recordForApi,
  };
}

/** A server has room for several processes; a directory has one. */
function leaseOf({ store: { driver, database, location }, newId }: PartsOptions): WorkerLease {
  if (location.kind === 'embedded') return OWN_STORE;
  return createWorkerLease({ driver, database, holder: newId(), process: thisProcess() });
}

function withheldInWords({ project, rule, findings }: WithheldRule): string {
  return (
    `rule ${rule} of project ${project} is in force but is not served: the scan finds ${findings.join(', ')}. ` +
    'Look at it with "tracelore knowledge show", then edit, approve or deprecate it.'
  );
}

interface OutcomePaths {
  /** Resolves when outcomes are stored. */
  readonly record: RecordOutcomes;
  /** Resolves when these runs show their outcomes. */
  readonly refresh: (runs: readonly { readonly project: string; readonly runId: string }[]) => Promise<void>;
  /** For the API: also refreshes when nobody else would. */
  readonly recordForApi: RecordOutcomes;
}

/** With a collector it alone recomputes runs: two who do it at once could undo each other's work. */
function outcomePaths({ store, collector, now, newId }: PartsOptions): OutcomePaths {
  if (collector === undefined) {
    const write = (batch: Batch, key: string): Promise<void> => store.write(batch, key);
    const refresh: OutcomePaths['refresh'] = (runs) => store.refresh(runs, now().getTime());
    return {
      record: createOutcomeRecorder({ write, now, newId }),
      refresh,
      recordForApi: createOutcomeRecorder({ write, refresh, now, newId }),
    };
  }
  const write = (batch: Batch, key: string): Promise<void> => collector.record(batch, key);
  const record = createOutcomeRecorder({ write, now, newId });
  return { record, refresh: () => collector.settleRuns(), recordForApi: record };
}

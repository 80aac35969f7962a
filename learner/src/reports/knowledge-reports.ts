import type { RunSummary, SpanView, SqlDriver, TraceReader } from '@tracelore/collector/store';
import { LearnerError } from '../errors.ts';
import type { EvalCase } from '../evals/eval-case.ts';
import { defaultScorer, questionKey } from '../evals/new-case.ts';
import { taskOf } from '../analyzers/traced-run.ts';
import type { NewId } from '../ids.ts';
import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import type { Rule } from '../knowledge/rule.ts';
import type { OnlineControl } from '../online/online-control.ts';
import { layerEpoch } from '../online/pending-units.ts';
import { LAYER_ID } from '../online/watch-book.ts';
import type { WatchView } from '../online/watch-view.ts';
import { recordedRun } from '../replays/recorded-run.ts';
import type { TrialBroker } from '../trials/trial-broker.ts';
import { blame, injectedBy, RECENT_RUNS_MAX, type BlameReport } from './blame.ts';
import { costPerLift, type CostReport } from './cost-per-lift.ts';
import { createInjectionReader } from './injection-reader.ts';
import { auditKnowledge, type KnowledgeAudit } from './knowledge-audit.ts';
import { reportLift, type LiftReport } from './lift-report.ts';
import { REPLAYS_RUNNING, replayWithout, type Replays } from './replay-without.ts';
import { createSpendingReader } from './spending-reader.ts';

/** Replays of this many runs are remembered; the oldest go first. */
const REPLAYED_RUNS_MAX = 100;
/** Spans of a run that are looked through for the answers it was given. */
const SPANS_MAX = 1_000;

export interface ReportOptions {
  readonly driver: SqlDriver;
  readonly database: string;
  readonly reader: Pick<TraceReader, 'findRun' | 'readRun'>;
  readonly knowledge: (project: string) => KnowledgeBase;
  readonly online: Pick<OnlineControl, 'views' | 'layer'>;
  readonly holdoutGlobal: number;
  readonly cases: { list(project: string): Promise<readonly EvalCase[]> };
  readonly broker: Pick<TrialBroker, 'runner' | 'hasRunner'>;
  /** Resolves when runs show what was received before. */
  readonly settle: () => Promise<void>;
  /** Resolves when records of answers given before are stored. */
  readonly flushDecisions: () => Promise<void>;
  /** Model of the learner; '' = none. */
  readonly model: string;
  readonly now: () => Date;
  readonly newId: NewId;
}

/** A rule's own lift, beside that of the whole layer. */
export interface RuleLift extends LiftReport {
  readonly ruleId: string;
  readonly version: number;
  readonly stage: string;
}

export interface AbReport {
  readonly layer: LiftReport;
  /** Measured rules in force, by estimated lift. */
  readonly rules: readonly RuleLift[];
}

/** What to replay a run with. */
export interface ReplayRequest {
  /** The right answer. Default: that of an eval case with the same task; without one the judge decides. */
  readonly expected?: string;
}

/** Reports about the knowledge in force. Every method is confined to one project. */
export interface KnowledgeReports {
  audit(project: string): Promise<KnowledgeAudit>;
  abReport(project: string): Promise<AbReport>;
  cost(project: string): Promise<CostReport>;
  /** By id or unique prefix of a run. @throws LearnerError `not_found` */
  blame(project: string, run: string): Promise<BlameReport>;
  /**
   * Starts replays of the run's task without each rule it was given; `blame` tells what came of them.
   *
   * @throws LearnerError `not_found`; `invalid` when nothing says what is right; `unavailable` without a runner; `conflict`
   * when they run already
   */
  replay(project: string, run: string, request: ReplayRequest): Promise<{ readonly runId: string }>;
  /** Cancels replays and waits for their end. */
  stop(): Promise<void>;
}

export function createKnowledgeReports(options: ReportOptions): KnowledgeReports {
  const { reader, knowledge, online, broker } = options;
  const injections = createInjectionReader(options);
  const readSpending = createSpendingReader({
    ...options,
    injections,
    findVersion: (project, reference) => knowledge(project).findVersion(reference),
  });
  const replays = new Map<string, Replays>();
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();

  const watchOf = (project: string, rule: Rule): WatchView | undefined =>
    online.views(project, rule).find(({ current }) => current);
  const keyOf = (project: string, runId: string): string => `${project}/${runId}`;

  async function find(project: string, run: string): Promise<RunSummary> {
    let summary = await reader.findRun(project, run);
    if (summary === undefined || summary.outcome === null) {
      await options.settle();
      summary = await reader.findRun(project, run);
    }
    if (summary === undefined)
      throw new LearnerError('not_found', `No run has an id that starts with "${run}".`);
    return summary;
  }

  async function decisionsOf(project: string, runId: string): ReturnType<typeof injections.decisionsOf> {
    const spans = await reader.readRun(project, runId, { limit: SPANS_MAX });
    const named = new Set(spans.map(({ knowledgeDecision }) => knowledgeDecision).filter((id) => id !== ''));
    return await injections.decisionsOf(project, runId, [...named]);
  }

  async function caseOf(
    summary: RunSummary,
    spans: readonly SpanView[],
    { expected }: ReplayRequest,
  ): Promise<EvalCase> {
    const { project, runId, agent } = summary;
    const task = taskOf({ summary, spans, outcomes: [] }).trim();
    if (task === '')
      throw new LearnerError('invalid', `Run ${runId} has no recorded input: its content was not captured.`);
    const ofAgent = agent === '' ? {} : { agent };
    const made = {
      project,
      id: `replay-${runId}`,
      task,
      tags: [],
      source: 'trace',
      sourceRunId: runId,
    } as const;
    const createdAt = options.now().toISOString();
    if (expected !== undefined)
      return { ...made, ...ofAgent, expected, scorer: defaultScorer(expected), createdAt };
    const known = (await options.cases.list(project)).find(
      (one) => questionKey(one) === questionKey({ task }),
    );
    if (known !== undefined) return known;
    // A judge may tell without a reference, if there is one.
    if (options.model !== '') return { ...made, ...ofAgent, expected: '', scorer: 'judge', createdAt };
    throw new LearnerError(
      'invalid',
      `Nothing says what run ${runId} should have answered, and no model is configured that could judge: say it (expected, or --expected on the command line), or add an eval case with the same task.`,
    );
  }

  function remember(key: string, state: Replays): void {
    replays.delete(key);
    replays.set(key, state);
    const [oldest] = replays.keys();
    if (replays.size > REPLAYED_RUNS_MAX && oldest !== undefined) replays.delete(oldest);
  }

  return {
    async audit(project) {
      const [given, outcomes] = await Promise.all([
        injections.injections(project),
        injections.outcomesWithRule(project),
      ]);
      const rules = knowledge(project).served();
      return auditKnowledge({
        rules,
        watchOf: (rule) => watchOf(project, rule),
        injections: given,
        outcomes,
      });
    },

    async abReport(project) {
      const samples = await injections.arms(project, LAYER_ID, layerEpoch(options.holdoutGlobal));
      const rules = knowledge(project)
        .served()
        .flatMap((rule): RuleLift[] => {
          const watch = watchOf(project, rule);
          if (watch === undefined) return [];
          return [{ ruleId: rule.id, version: rule.version, stage: watch.stage, ...reportLift(watch) }];
        });
      return {
        layer: reportLift(online.layer(project), samples),
        rules: rules.toSorted((a, b) => (b.lift?.estimate ?? -2) - (a.lift?.estimate ?? -2)),
      };
    },

    async cost(project) {
      const { sinceMs } = await injections.arms(project, LAYER_ID, layerEpoch(options.holdoutGlobal));
      return costPerLift(await readSpending(project, sinceMs), online.layer(project));
    },

    async blame(project, run) {
      const { runId, outcome } = await find(project, run);
      const base = knowledge(project);
      const decisions = await decisionsOf(project, runId);
      const ruleIds = injectedBy(decisions).map((reference) => reference.split('@')[0] ?? '');
      const [given, recent] =
        ruleIds.length === 0
          ? [new Map<string, never>(), new Map<string, never>()]
          : await Promise.all([
              injections.injections(project),
              injections.recentRuns(project, ruleIds, RECENT_RUNS_MAX),
            ]);
      return blame({
        runId,
        outcome,
        decisions,
        findVersion: (reference) => base.findVersion(reference),
        watchOf: (rule) => watchOf(project, rule),
        injections: given,
        recent,
        replays: replays.get(keyOf(project, runId)) ?? null,
      });
    },

    async replay(project, run, request) {
      const summary = await find(project, run);
      const { runId, agent } = summary;
      const key = keyOf(project, runId);
      if (replays.get(key)?.state === 'running')
        throw new LearnerError('conflict', `Replays of run ${runId} are under way.`);
      const base = knowledge(project);
      const rules = injectedBy(await decisionsOf(project, runId)).filter(
        (reference) => base.findVersion(reference) !== undefined,
      );
      if (rules.length === 0)
        throw new LearnerError('invalid', `Run ${runId} was given no rules: there is nothing to leave out.`);
      const spans = await reader.readRun(project, runId, { limit: SPANS_MAX });
      const evalCase = await caseOf(summary, spans, request);
      if (!broker.hasRunner(project, agent === '' ? undefined : agent))
        throw new LearnerError(
          'unavailable',
          `No runner${agent === '' ? '' : ` of agent ${agent}`} is there to replay it: register the agent with registerRunner() in a running process, or pass it to the command with --agent.`,
          { retryable: true },
        );
      remember(key, REPLAYS_RUNNING);
      const work = replayWithout(broker.runner(project, [evalCase]), evalCase, rules, {
        recorded: recordedRun(spans),
        group: `replay-${options.newId()}`,
        signal: stopping.signal,
      })
        .catch((error: unknown): Replays => {
          const message = error instanceof Error ? error.message : String(error);
          return { ...REPLAYS_RUNNING, state: 'failed', error: message };
        })
        .then((state) => remember(key, state));
      running.add(work);
      void work.finally(() => running.delete(work));
      return { runId };
    },

    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

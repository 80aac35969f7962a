import type { Store } from '@tracelore/collector/store';
import type { Analyzer } from '../analyzers/analyzer.ts';
import { createLlmAnalyzer } from '../analyzers/llm-analyzer.ts';
import { createEvalCaseStore, type EvalCaseStore } from '../evals/eval-case-store.ts';
import { createEvalRunStore } from '../evals/eval-run-store.ts';
import { createEvalService, type EvalService } from '../evals/eval-service.ts';
import { createCaseGenerator, type CaseGenerator } from '../evals/generate-cases.ts';
import { createJudgeScorer } from '../evals/judge-scorer.ts';
import { createPairwiseScorer } from '../evals/pairwise-scorer.ts';
import { createScorer } from '../evals/scorer.ts';
import { createSignalScorer } from '../evals/signal-scorer.ts';
import type { NewId } from '../ids.ts';
import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import type { ChatModel } from '../llm/chat-model.ts';
import { dailyBudget, MODEL_CALLS_PER_DAY } from '../llm/daily-budget.ts';
import { DEFAULT_SIGNALS } from '../signals/deterministic-signals.ts';
import { createPairwiseJudge } from '../signals/pairwise-judge.ts';
import { createLlmJudge, type RunJudge } from '../signals/run-judge.ts';
import { createSignalReporter } from '../signals/signal-report.ts';
import { createSettler, type Settler, type SettlerOptions } from '../signals/settle-runs.ts';
import type { RecordOutcomes, Signal } from '../signals/signal.ts';
import { systemClock, type Clock } from '../trials/clock.ts';
import { createTrialBroker, type TrialBroker } from '../trials/trial-broker.ts';
import { createTrialCosts } from '../trials/trial-costs.ts';
import { createTrialLog } from '../trials/trial-log.ts';
import { readFirstAnswer } from '../trials/stored-answers.ts';
import { createRaceValidator } from '../validators/race.ts';
import type { RecomputedCycle } from '../validators/recompute.ts';
import { createAnalysisLog } from './records/analysis-log.ts';
import type { LearnParts } from './learn-parts.ts';
import { createLearnService, type LearnService } from './learn-service.ts';
import { createPairwiseAudits } from './release/pairwise-audits.ts';
import { createPassLog } from './records/pass-log.ts';
import { recomputeVerdict } from './records/recompute-verdict.ts';
import { createVerdictLog, type VerdictLog } from './records/verdict-log.ts';

export interface LearningLoopOptions {
  readonly store: Store;
  readonly knowledge: (project: string) => KnowledgeBase;
  /** Text that an agent would be given for a task from these rules: the serving's own `render`. */
  readonly render: LearnParts['render'];
  /** The serving's own `prepare`. */
  readonly prepare: LearnParts['prepare'];
  readonly recordOutcomes: RecordOutcomes;
  /** Brings runs up to date. Default: the store does; where a collector runs on it, the collector must. */
  readonly refreshRuns?: SettlerOptions['refresh'];
  /** Reads failed runs and writes lessons. Without it, and without an analyzer, nothing new is learned. */
  readonly model?: ChatModel;
  /** Instead of the one that asks the model; one that does so itself is made from the model within its budget. */
  readonly analyzer?: Analyzer | ((model: ChatModel) => Analyzer);
  /** Judges runs without outcomes, and eval cases with scorer `judge`. Without it both go without. */
  readonly judge?: ChatModel;
  /** Judges runs without outcomes instead. */
  readonly runJudge?: RunJudge | ((judge: ChatModel) => RunJudge);
  /** A run is judged only after people and checks had this long to speak, ms. Default: the settler's. */
  readonly judgeAfterMs?: number;
  /** Default: an exception, an empty output, an output that is not the promised JSON. */
  readonly signals?: readonly Signal[];
  readonly requireApproval: boolean;
  /** Throws where another process learns. Default: this one does. */
  readonly demandWork?: () => void;
  /** Keyless on the loopback interface, so that everybody is one trusted owner. Default: never. */
  readonly isKeyless?: () => boolean;
  /** Sources whose outcomes may promote and deprecate rules. Default: as the audits in the store say. */
  readonly deciding?: LearnParts['deciding'];
  readonly newId: NewId;
  readonly clock?: Clock;
  /** Time for one trial, and for a runner to show up, ms. Defaults: 120 000 and 30 000. */
  readonly leaseMs?: number;
  readonly graceMs?: number;
  /** Calls of the analyzer and the judge together. Default {@link MODEL_CALLS_PER_DAY}. */
  readonly modelCallsPerDay?: number;
  /** Tokens of both together; 0 = no limit. Default 0. */
  readonly modelTokensPerDay?: number;
}

/** The parts of the loop that others talk to. */
export interface LearningLoop {
  readonly broker: TrialBroker;
  readonly cases: EvalCaseStore;
  readonly evals: EvalService;
  readonly generator: CaseGenerator;
  readonly learning: LearnService;
  readonly verdicts: VerdictLog;
  readonly settler: Settler;
  /** Makes a stored cycle's verdicts again from its stored trials; undefined when there is no such cycle. */
  recompute(project: string, cycleId: string): Promise<RecomputedCycle | undefined>;
  /** Stops passes and evaluations, and stores what waits. */
  stop(): Promise<void>;
}

/** A part that may need a model; without one there is none. */
function madeOf<T extends object>(
  part: T | ((model: ChatModel) => T),
  model: ChatModel | undefined,
): T | undefined {
  if (typeof part !== 'function') return part;
  return model && part(model);
}

/** Puts the loop together: outcomes → analysis → validation → release, and the trials that it needs. */
export function createLearningLoop(options: LearningLoopOptions): LearningLoop {
  const { store, knowledge, newId } = options;
  const { driver, database } = store;
  const clock = options.clock ?? systemClock;
  const now = (): Date => clock.now();
  const withinBudget = dailyBudget(
    now,
    options.modelCallsPerDay ?? MODEL_CALLS_PER_DAY,
    options.modelTokensPerDay,
  );
  const model = options.model && withinBudget(options.model);
  const analyzer = madeOf(options.analyzer ?? createLlmAnalyzer, model);
  const judge = options.judge && withinBudget(options.judge);
  const runJudge = madeOf(options.runJudge ?? createLlmJudge, judge);
  const expecting = judge && createJudgeScorer(judge);
  const pairwise = judge && createPairwiseJudge(judge);
  const tables = { driver, database, now, newId };

  const signalReports = createSignalReporter({ driver, database, now });
  const trialLog = createTrialLog({ driver, database, clock, newId });
  const broker = createTrialBroker({
    clock,
    newId,
    log: trialLog,
    scorer: createScorer({
      judge:
        options.runJudge === undefined || runJudge === undefined
          ? expecting
          : createSignalScorer(runJudge, expecting),
      pairwise: pairwise && createPairwiseScorer(pairwise, (...asked) => readFirstAnswer(tables, ...asked)),
    }),
    ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
    ...(options.graceMs === undefined ? {} : { graceMs: options.graceMs }),
  });
  const settler = createSettler({
    reader: store,
    signals: options.signals ?? DEFAULT_SIGNALS,
    record: options.recordOutcomes,
    refresh: options.refreshRuns ?? ((runs) => store.refresh(runs, now().getTime())),
    now,
    ...(runJudge === undefined ? {} : { judge: runJudge }),
    ...(options.judgeAfterMs === undefined ? {} : { judgeAfterMs: options.judgeAfterMs }),
  });
  const cases = createEvalCaseStore(tables);
  const verdicts = createVerdictLog(tables);
  const evals = createEvalService({
    reader: store,
    knowledge,
    cases,
    runs: createEvalRunStore(tables),
    broker,
    now,
    newId,
  });
  const learning = createLearnService({
    reader: store,
    knowledge,
    settler,
    cases,
    broker,
    trialLog,
    trialCosts: createTrialCosts({ driver, database, settle: async () => await options.refreshRuns?.([]) }),
    canJudge: judge !== undefined || runJudge !== undefined,
    createValidator: createRaceValidator,
    render: options.render,
    prepare: options.prepare,
    passes: createPassLog(tables),
    verdicts,
    analyses: createAnalysisLog(tables),
    requireApproval: options.requireApproval,
    demandWork: options.demandWork ?? ((): void => undefined),
    isKeyless: options.isKeyless ?? (() => false),
    deciding: options.deciding ?? ((project) => signalReports.deciding(project)),
    pairwiseAudit: createPairwiseAudits({ ...tables, judge: pairwise }),
    now,
    newId,
    ...(analyzer === undefined ? {} : { analyzer }),
    ...(model === undefined ? {} : { comparer: model }),
  });
  return {
    broker,
    cases,
    evals,
    generator: createCaseGenerator({ model, reader: store, evals }),
    learning,
    verdicts,
    settler,
    recompute: (project, cycleId) => recomputeVerdict({ store, verdicts, cases }, project, cycleId),
    async stop() {
      await Promise.all([learning.stop(), evals.stop()]);
      await trialLog.flush();
    },
  };
}

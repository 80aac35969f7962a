import { currentKnowledge, currentScope, getKnowledge, withBackend, type AnyFunction } from '@tracelore/sdk';
import { LearnerError } from '../errors.ts';
import type { Rule } from '../knowledge/rule.ts';
import { AgentSeat } from './agent-seat.ts';
import type { AgentRunner, EngineOptions } from './engine-options.ts';
import { statisticalValidator } from './engine-validator.ts';
import { engineStatus, TREND_RUNS_MAX, type EngineStatus } from './engine-status.ts';
import { createEvalManager, type EvalManager } from './eval-manager.ts';
import {
  evalComparison,
  evalRunReport,
  PASS_THRESHOLD,
  type EvalComparison,
  type EvalRunReport,
} from './eval-report.ts';
import { FunctionScorers, type FunctionScorer } from './function-scorers.ts';
import { createKnowledgeManager, type KnowledgeManager } from './knowledge-manager.ts';
import { learn, type LearnOptions } from './learn.ts';
import type { LearningReport } from './learning-report.ts';
import { openEngine, type RunningEngine } from './open-engine.ts';
import { blameReport, liftReport, type BlameReport, type LiftReport } from './reports.ts';
import { countTraces } from './trace-counts.ts';
import { tracedAgent, type EngineTraceOptions } from './traced-agent.ts';

/** What an evaluation can be told. */
export interface EvaluateOptions {
  /** Only cases with one of these tags. */
  readonly tags?: readonly string[];
  readonly name?: string;
  /** Default {@link PASS_THRESHOLD}. */
  readonly passThreshold?: number;
  /** Scores every case that has no function of its own. */
  readonly scorer?: FunctionScorer;
}

/**
 * Traces an agent, learns from its failures, proves what it learned and gives it back: the whole loop in one process. Several
 * engines live side by side; nothing global is touched. What needs a person, a model or an agent says so in a LearnerError.
 */
export interface Engine {
  /** Wraps an agent so that each call is recorded. Result, errors, streams and arguments stay the agent's own. */
  trace<F extends AnyFunction>(agent: F, options?: EngineTraceOptions<F>): F;
  /** The rules for a task, as text for the prompt; `""` when there is nothing to say or anything fails. */
  getKnowledge(task: string): Promise<string>;
  /** The text that the running code was given last; `""` outside a traced agent. */
  readonly lastKnowledge: string;
  /** One rule of a hybrid injector's index, for the agent's tool `recall_knowledge`. */
  recallKnowledge(itemId: string): string;
  /** The agent that runs trials. It asks `getKnowledge` as always, and is given the rules under test. */
  setAgentRunner(agent: AgentRunner): Promise<void>;
  learn(options?: LearnOptions): Promise<LearningReport>;
  /** Traces one call. */
  run<A extends readonly unknown[], R>(
    agent: (task: string, ...others: A) => R,
    task: string,
    ...others: A
  ): R;
  /** Runs an agent on the eval cases under the rules in force. */
  evaluate(agent: AgentRunner, options?: EvaluateOptions): Promise<EvalRunReport>;
  /** Two evaluations by their ids or unique beginnings of them. */
  compareEvalRuns(baseline: string, treatment: string): Promise<EvalComparison>;
  status(): Promise<EngineStatus>;
  injectionLift(): Promise<LiftReport>;
  blameAnalysis(traceId: string): Promise<BlameReport>;
  readonly knowledge: KnowledgeManager;
  readonly eval: EvalManager;
  /** Where spans of other tracers may be sent, and the key for it. */
  readonly otlp: RunningEngine['otlp'];
  /** Resolves when everything recorded so far can be read. */
  flush(): Promise<void>;
  /** Finishes what was accepted and gives the store free. Safe to call twice. */
  close(): Promise<void>;
}

/** Opens an engine. @throws LearnerError `config_invalid`, `StoreError` when the directory is in use */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  return await engineOn(await openEngine(options), options);
}

/** The engine on what runs already. */
export async function engineOn(running: RunningEngine, options: EngineOptions): Promise<Engine> {
  const { parts, project, store, backend } = running;
  const { loop, reports } = parts;
  const scorers = new FunctionScorers();
  const validator = options.validator ?? statisticalValidator();
  const isInjecting = options.injectionEnabled ?? true;
  const signalSource = options.signal === undefined ? 'llm_judge' : 'signal';
  const seat = new AgentSeat({
    backend,
    project,
    broker: loop.broker,
    check: scorers.check(),
    concurrency: options.concurrency,
  });
  const settle = (): Promise<void> => running.settle();
  const base = parts.registry.of(project);
  let closing: Promise<void> | undefined;

  async function reportOf(id: string, passThreshold: number): Promise<EvalRunReport> {
    const run = await loop.evals.findRun(project, id);
    if (run === undefined) throw new LearnerError('not_found', `No evaluation has the id "${id}".`);
    if (run.state === 'failed')
      throw new LearnerError('unavailable', `Evaluation ${run.id} failed: ${run.error}`);
    return evalRunReport(run, await loop.evals.listCases(project), { passThreshold, signalSource });
  }

  const engine: Engine = {
    trace: (agent, traceOptions = {}) => tracedAgent(backend, agent, traceOptions, options),
    getKnowledge: (task) =>
      withBackend(backend, async () => {
        // A trial is about what the rules do: it gets them in any case.
        if (!isInjecting && currentScope().trial === undefined) return '';
        return await getKnowledge(task);
      }),
    get lastKnowledge() {
      return withBackend(backend, () => currentKnowledge()?.text ?? '');
    },
    recallKnowledge: (item) =>
      withBackend(backend, () => {
        const { conversation, session, run, trial, agent } = currentScope();
        const unit = conversation ?? session ?? run?.id;
        return parts.serving.recall(
          {
            item,
            ...(unit === undefined ? {} : { unit }),
            ...(trial === undefined ? {} : { trial: trial.id }),
            ...(agent === undefined ? {} : { agent }),
          },
          project,
        );
      }),
    setAgentRunner: (agent) => seat.seat(agent),
    learn: (request = {}) => learn(running, validator, request, options.approvalCallback),
    run: (agent, task, ...others) => tracedAgent(backend, agent, {}, options)(task, ...others),
    async evaluate(agent, { tags, name, passThreshold = PASS_THRESHOLD, scorer } = {}) {
      const id = await seat.during(agent, scorers.check(scorer), async () => {
        const started = await loop.evals.startRun(project, {
          rules: 'active',
          ...(name === undefined ? {} : { name }),
          ...(tags === undefined ? {} : { tags }),
        });
        await loop.evals.finished(started.id);
        return started.id;
      });
      return await reportOf(id, passThreshold);
    },
    async compareEvalRuns(baseline, treatment) {
      const compared = await loop.evals.compare(project, baseline, treatment);
      const [before, after] = [
        await reportOf(compared.baseline.id, PASS_THRESHOLD),
        await reportOf(compared.treatment.id, PASS_THRESHOLD),
      ];
      return evalComparison(before, after, compared);
    },
    status: async () => {
      await settle();
      return await statusOf(running);
    },
    async injectionLift() {
      await settle();
      await parts.online.look(project);
      return liftReport((await reports.abReport(project)).layer);
    },
    async blameAnalysis(traceId) {
      await settle();
      return blameReport(await reports.blame(project, traceId));
    },
    knowledge: createKnowledgeManager({ project, base, reports, verdicts: loop.verdicts, settle }),
    eval: createEvalManager({
      project,
      evals: loop.evals,
      generator: loop.generator,
      reader: store,
      scorers,
      settle,
    }),
    otlp: running.otlp,
    flush: settle,
    close: () =>
      (closing ??= (async () => {
        await seat.leave();
        await running.close();
      })()),
  };
  if (options.agentRunner !== undefined) await engine.setAgentRunner(options.agentRunner);
  return engine;
}

async function statusOf({ parts, project, store }: RunningEngine): Promise<EngineStatus> {
  const rules: readonly Rule[] = parts.registry.of(project).list();
  const count = (status: Rule['status']): number => rules.filter((rule) => rule.status === status).length;
  const [traces, evalCases, audit, runs] = await Promise.all([
    countTraces(store, project),
    parts.loop.cases.count(project),
    parts.reports.audit(project),
    store.listRuns({ project, limit: TREND_RUNS_MAX }),
  ]);
  return engineStatus({
    knowledge: {
      knowledgeActive: count('active'),
      knowledgeCandidate: count('candidate'),
      knowledgeDeprecated: count('deprecated'),
      knowledgeTotal: rules.length,
    },
    traces,
    evalCases,
    avgEffectiveness: audit.averageConfoundedRate ?? 0,
    runs,
  });
}

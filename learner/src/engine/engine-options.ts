import type { Tracer } from '@opentelemetry/api';
import type { Analyzer } from '../analyzers/analyzer.ts';
import { resolveConfig, type Config } from '../config.ts';
import type { Injector } from '../injectors/injector.ts';
import type { ChatModel } from '../llm/chat-model.ts';
import type { RunJudge } from '../signals/run-judge.ts';
import type { CandidateFix } from './candidate-fix.ts';
import type { EngineValidator } from './engine-validator.ts';

/** Runs the agent on a task. `knowledgeIds` are those of the rules under test, which `getKnowledge` gives it anyway. */
export type AgentRunner = (task: string, knowledgeIds: readonly string[]) => unknown;

/** A person's word on a proposed rule, asked outside the agent's way. */
export type ApprovalCallback = (candidate: CandidateFix) => boolean | Promise<boolean>;

/** What an engine can be told. Everything is optional. */
export interface EngineOptions {
  /**
   * A directory for the embedded database, or the URL of a ClickHouse server. Default `./.tracelore/data`. One engine or
   * service at a time may have a directory.
   */
  readonly store?: string;
  /** Default `default`. */
  readonly project?: string;
  /** Name of a model of the configured OpenAI-compatible server, or a model of your own. Default: the configured one. */
  readonly model?: string | ChatModel;
  /** Judges outcomes. Default: the same as `model`. */
  readonly judgeModel?: string | ChatModel;
  /** Says how runs went. Default: exceptions and empty answers first, then the model as judge. */
  readonly signal?: RunJudge | ((judge: ChatModel) => RunJudge);
  /** Writes lessons from failed runs. Default: the model, a few runs at a time. */
  readonly analyzer?: Analyzer | ((model: ChatModel) => Analyzer);
  /** Decides which lessons become rules. Default: `statisticalValidator()`. */
  readonly validator?: EngineValidator;
  /** How answers are made. Default: `smartInjector()`. */
  readonly injector?: Injector;
  /** Makes the spans instead of the engine's own tracer; they must be exported to `engine.otlp`. */
  readonly tracer?: Tracer;
  /** Proven rules wait for a person. Default true. */
  readonly requireHumanApproval?: boolean;
  /** False: `getKnowledge` gives nothing, except in trials. Default true. */
  readonly injectionEnabled?: boolean;
  /** Share of units that get no knowledge at all, so that its effect can be measured: 0 to 0.5. Default 0.01. */
  readonly controlPercentage?: number;
  /** Share of units that a proven rule is withheld from, so that its effect can be measured: 0 to 0.5. Default 0.1. */
  readonly holdoutRule?: number;
  /** New rules are withheld from half of the units until production speaks for them. Default true. */
  readonly stages?: boolean;
  /** Money that the models may cost per day (UTC), USD. Default: no limit but the number of calls. */
  readonly learningBudgetPerDay?: number;
  /** Calls of the models per day (UTC). Default 5 000. */
  readonly modelCallsPerDay?: number;
  /** Asked in `learn()` about what waits for a person. Default: it waits. */
  readonly approvalCallback?: ApprovalCallback;
  /** Runs the agent for trials; see `setAgentRunner`. */
  readonly agentRunner?: AgentRunner;
  /** Trials that run at the same time. Default 4. */
  readonly concurrency?: number;
  /** The task of a call, for traces. Default: the first argument as text. */
  readonly defaultInputExtractor?: (...args: readonly unknown[]) => string;
  /** The answer of a result, for traces. Default: the result as text. */
  readonly defaultOutputExtractor?: (result: unknown) => string;
  /** Further settings, as in the configuration file. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Takes what the operator should read. Default: stderr. */
  readonly report?: (text: string) => void;
}

const NO_SERVER = { TRACELORE_CLICKHOUSE_URL: '', CLICKHOUSE_URL: '' };

/** The configuration of an engine: its options, then the environment, then defaults. @throws LearnerError `config_invalid` */
export function engineConfig(options: EngineOptions, environment: NodeJS.ProcessEnv): Config {
  const { store, model, judgeModel, controlPercentage, requireHumanApproval } = options;
  const isUrl = store !== undefined && /^https?:\/\//u.test(store);
  return resolveConfig({
    // A directory that was named wins over a server that the environment names.
    environment: isUrl || store === undefined ? environment : { ...environment, ...NO_SERVER },
    arguments: {
      ...options.settings,
      host: '127.0.0.1',
      port: 0,
      otlpPort: 0,
      apiKeys: undefined,
      data: isUrl ? undefined : store,
      clickhouseUrl: isUrl ? store : undefined,
      project: options.project,
      model: typeof model === 'string' ? model : model?.name,
      judgeModel: typeof judgeModel === 'string' ? judgeModel : judgeModel?.name,
      holdoutGlobal: controlPercentage,
      holdoutRule: options.holdoutRule,
      stages: options.stages,
      modelCallsPerDay: options.modelCallsPerDay,
      requireApproval: requireHumanApproval ?? true,
    },
  });
}

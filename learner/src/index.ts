export { resolveConfig, type Config, type ConfigSource, type ConfigSources } from './config.ts';
export { LearnerError, type LearnerErrorCode } from './errors.ts';
export { createLearner, type Learner, type LearnerOptions } from './learner.ts';

export { createEngine, type Engine, type EvaluateOptions } from './engine/engine.ts';
export type { AgentRunner, ApprovalCallback, EngineOptions } from './engine/engine-options.ts';
export type { CandidateFix } from './engine/candidate-fix.ts';
export type { EngineStatus, OutcomeStatus } from './engine/engine-status.ts';
export type { EvalCaseItem, EvalManager, NewEvalCase } from './engine/eval-manager.ts';
export type {
  EvalComparison,
  EvalResult,
  EvalRunReport,
  ScoreChange,
  TagStats,
} from './engine/eval-report.ts';
export type { FunctionScorer } from './engine/function-scorers.ts';
export type { KnowledgeItem } from './reports/knowledge-item.ts';
export type { KnowledgeManager } from './engine/knowledge-manager.ts';
export type { LearnOptions } from './engine/learn.ts';
export type { LearningDetail, LearningReport } from './engine/learning-report.ts';
export { liftLines, type AuditReport, type BlameReport, type LiftReport } from './engine/reports.ts';
export type { EngineTraceOptions } from './engine/traced-agent.ts';
export {
  humanInLoopValidator,
  statisticalValidator,
  type EngineValidator,
  type StatisticalOptions,
} from './engine/engine-validator.ts';

// The parts of an engine that can be replaced.
export type { Analyzer, AnalyzerContext, AnalyzerResult, Lesson, Quote } from './analyzers/analyzer.ts';
export { createBatchAnalyzer } from './analyzers/batch-analyzer.ts';
export { createLlmAnalyzer } from './analyzers/llm-analyzer.ts';
export { createTieredAnalyzer } from './analyzers/tiered-analyzer.ts';
export {
  canaryInjector,
  embeddingInjector,
  hybridInjector,
  simpleInjector,
  smartInjector,
  type Injector,
} from './injectors/injector.ts';
export { RECALL_TOOL } from './injectors/agentlearn-format.ts';
export type { ChatFailure, ChatModel, ChatRequest, ChatResult, Usage } from './llm/chat-model.ts';
export { createOpenAiChatModel } from './llm/openai-chat-model.ts';
export {
  createCompositeJudge,
  type CompositeJudge,
  type CompositeOptions,
} from './signals/composite-judge.ts';
export {
  createDeterministicJudge,
  DEFAULT_CHECKS,
  emptyOutputCheck,
  errorStepCheck,
  jsonCheck,
  type CheckFinding,
  type RunCheck,
} from './signals/deterministic-checks.ts';
export {
  createLlmJudge,
  type JudgeResult,
  type JudgeThresholds,
  type RunJudge,
} from './signals/run-judge.ts';

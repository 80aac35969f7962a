export { configure } from './configure.ts';
export { type Config, type TraceloreOptions } from './config.ts';
export { type Stats, stats } from './diagnostics.ts';
export { TraceloreError, type TraceloreErrorCode } from './errors.ts';
export { getKnowledge, type KnowledgeOptions } from './knowledge.ts';
export { flush, type FlushResult, shutdown } from './lifecycle.ts';
export { currentRun, type OutcomeInput, recordOutcome, type RunReference } from './outcome.ts';
export {
  registerRunner,
  type Runner,
  type RunnerOptions,
  type TrialFunction,
  type TrialInput,
} from './runner.ts';
export { type AnyFunction, type PerCall, trace, type TraceOptions } from './trace.ts';
export { traced } from './traced.ts';
export { type RunContext, withContext, withOverride } from './with-context.ts';

// For adapters: spans by hand, results watched like those of trace(), and attribution of injected text.
export {
  askKnowledge,
  type Backend,
  captureJson,
  captureText,
  currentKnowledge,
  currentScope,
  guarded,
  markKnowledge,
  type KnowledgeAttribution,
  type LocalService,
  observe,
  type Scope,
  type SpanHandle,
  type SpanOptions,
  startSpan,
  tracer,
  withBackend,
} from './instrumentation.ts';

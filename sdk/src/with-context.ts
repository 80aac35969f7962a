import type { Backend } from './backend.ts';
import type { KnowledgeOverride } from './contract/knowledge.ts';
import { currentScope, runInScope } from './scope.ts';

export interface RunContext {
  readonly session?: string;
  readonly user?: string;
  readonly conversation?: string;
  readonly tags?: readonly string[];
  /** Identifies the agent's make (model, prompt, tools); effects are compared within one. */
  readonly fingerprint?: string;
}

/** Runs `fn` so that the runs and spans started in it carry these values. */
export function withContext<T>(values: RunContext, fn: () => T): T {
  return runInScope(currentScope().derive(values), false, fn);
}

/**
 * Runs `fn` with a fixed rule set instead of the served one, without coins: for evaluations. `active` is every promoted
 * rule, `none` no rules, a list names rules by id or `id@version`.
 */
export function withOverride<T>(rules: KnowledgeOverride, fn: () => T): T {
  return runInScope(currentScope().derive({ override: rules }), false, fn);
}

/**
 * Runs `fn`, and everything it starts, with a backend of its own. Code that ran with another one starts anew: a run never
 * spreads over two of them.
 */
export function withBackend<T>(backend: Backend, fn: () => T): T {
  const scope = currentScope();
  const own = scope.backend === backend ? scope : scope.forBackend(backend);
  return runInScope(own, false, fn);
}

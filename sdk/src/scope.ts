import { AsyncLocalStorage } from 'node:async_hooks';

import { type Context, context, createContextKey, type Span, trace as otel } from '@opentelemetry/api';

import type { Backend } from './backend.ts';
import type { Arm, KnowledgeOverride } from './contract/knowledge.ts';
import type { Recording } from './recording.ts';

/** What one `getKnowledge` answer says about the model calls that see its text. */
export interface KnowledgeAttribution {
  readonly decision: string;
  readonly snapshot: number;
  readonly arm: Arm;
  /** `id@version`. */
  readonly items: readonly string[];
  readonly text: string;
}

/** A started span of ours in the tree of its run. */
export interface SpanNode {
  readonly otel: Span;
  readonly parent: SpanNode | undefined;
  /** Last answer asked for directly below this span; `null`: asked, and there was none. */
  knowledge: KnowledgeAttribution | null | undefined;
}

/** One traced execution of an agent. */
export interface Run {
  readonly id: string;
  root: SpanNode | undefined;
  /** False once the root has ended. */
  open: boolean;
  knowledge: KnowledgeAttribution | null | undefined;
  /** Union over the run's answers, for its root. */
  readonly knowledgeItems: Set<string>;
  /** Outcome events on the root so far. */
  outcomeEvents: number;
}

/** The offline trial that is being run. */
export interface Trial {
  readonly id: string;
  /** Set when knowledge could not be got: the trial then ran under a wrong rule set and must not count. */
  fault: string | undefined;
  /** Trace of the first run in it. */
  traceId: string | undefined;
  /** Present: it replays a recorded run, whose tools answer from here. */
  readonly recording: Recording | undefined;
}

interface ScopeValues {
  readonly span?: SpanNode | undefined;
  readonly run?: Run | undefined;
  readonly agent?: string | undefined;
  readonly session?: string | undefined;
  readonly user?: string | undefined;
  readonly conversation?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly fingerprint?: string | undefined;
  readonly trial?: Trial | undefined;
  readonly override?: KnowledgeOverride | undefined;
  readonly backend?: Backend | undefined;
}

/** What the code that is running belongs to. Immutable; inner code gets a derived one. */
export class Scope implements ScopeValues {
  static readonly empty: Scope = new Scope({});

  readonly span: SpanNode | undefined;
  readonly run: Run | undefined;
  /** Name of the nearest agent. */
  readonly agent: string | undefined;
  readonly session: string | undefined;
  readonly user: string | undefined;
  readonly conversation: string | undefined;
  readonly tags: readonly string[];
  readonly fingerprint: string | undefined;
  readonly trial: Trial | undefined;
  readonly override: KnowledgeOverride | undefined;
  /** Absent: the process's own configuration and tracer. */
  readonly backend: Backend | undefined;

  private constructor(values: ScopeValues) {
    this.span = values.span;
    this.run = values.run;
    this.agent = values.agent;
    this.session = values.session;
    this.user = values.user;
    this.conversation = values.conversation;
    this.tags = values.tags ?? [];
    this.fingerprint = values.fingerprint;
    this.trial = values.trial;
    this.override = values.override;
    this.backend = values.backend;
  }

  /** A scope with some values replaced; a value of `undefined` keeps the present one. */
  derive(values: ScopeValues): Scope {
    return new Scope({
      span: values.span ?? this.span,
      run: values.run ?? this.run,
      agent: values.agent ?? this.agent,
      session: values.session ?? this.session,
      user: values.user ?? this.user,
      conversation: values.conversation ?? this.conversation,
      tags: values.tags ?? this.tags,
      fingerprint: values.fingerprint ?? this.fingerprint,
      trial: values.trial ?? this.trial,
      override: values.override ?? this.override,
      backend: values.backend ?? this.backend,
    });
  }

  /** The same identity without span and run: what starts below it is a run of its own. */
  detached(): Scope {
    const { session, user, conversation, tags, fingerprint, trial, override, backend } = this;
    return new Scope({ session, user, conversation, tags, fingerprint, trial, override, backend });
  }

  /** The same people under another backend: its runs, trials and rules are its own. */
  forBackend(backend: Backend): Scope {
    const { session, user, conversation, tags, fingerprint } = this;
    return new Scope({ session, user, conversation, tags, fingerprint, backend });
  }
}

const storage = new AsyncLocalStorage<Scope>();
const SCOPE_KEY = createContextKey('tracelore.scope');

/** The scope that an OpenTelemetry context carries. */
export function scopeOf(carrier: Context): Scope | undefined {
  const value = carrier.getValue(SCOPE_KEY);
  return value instanceof Scope ? value : undefined;
}

/**
 * The scope of the running code. The OpenTelemetry context wins over our own storage: the two differ only where the
 * host bound a context explicitly. Our own storage makes attribution work without any registered context manager.
 */
export function currentScope(): Scope {
  return scopeOf(context.active()) ?? storage.getStore() ?? Scope.empty;
}

/** Runs `fn` in a scope. With `activate` its span is also the active span for other instrumentation. */
export function runInScope<T>(scope: Scope, activate: boolean, fn: () => T): T {
  let carrier = context.active().setValue(SCOPE_KEY, scope);
  if (activate && scope.span !== undefined) carrier = otel.setSpan(carrier, scope.span.otel);
  return storage.run(scope, () => context.with(carrier, fn));
}

/**
 * The answer that a model call made in this scope has seen: the one asked for nearest above it, else the run's last
 * one (the question may have been asked inside a helper's own span).
 */
export function knowledgeInScope(scope: Scope): KnowledgeAttribution | undefined {
  for (let node = scope.span; node !== undefined; node = node.parent) {
    if (node.knowledge !== undefined) return node.knowledge ?? undefined;
  }
  return scope.run?.knowledge ?? undefined;
}

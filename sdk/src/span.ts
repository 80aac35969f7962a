import { type Attributes, type Span, SpanKind, SpanStatusCode, type TimeInput } from '@opentelemetry/api';

import { captureText, truncateText } from './capture.ts';
import { currentConfig } from './configure.ts';
import { inputAttributes, outputAttributes } from './content.ts';
import { ATTR } from './contract/attributes.ts';
import { OPERATION_OF_KIND, type SpanKindName } from './contract/span-kinds.ts';
import { guarded } from './diagnostics.ts';
import { newRunId } from './ids.ts';
import { knowledgeAttributes } from './knowledge-attributes.ts';
import { addOpenSpan, type OpenSpan, removeOpenSpan } from './open-spans.ts';
import { currentScope, knowledgeInScope, type Run, runInScope, Scope, type SpanNode } from './scope.ts';
import { checkApiCopies, isPrivate, parentContext, sdkTracer } from './tracer.ts';

export interface SpanOptions {
  readonly name: string;
  /** Default: `agent` for the root of a run, `other` inside one. */
  readonly kind?: SpanKindName;
  /** Default: the span that is running now; `null` starts a run of its own. */
  readonly parent?: SpanHandle | null;
  readonly attributes?: Attributes;
  /** Recorded as by {@link SpanHandle.setInput}. */
  readonly input?: unknown;
  /** Name of the agent, when it is not the span's. */
  readonly agent?: string;
  readonly session?: string;
  readonly user?: string;
  readonly conversation?: string;
  readonly tags?: readonly string[];
  /** False: neither input nor output nor error messages are recorded. */
  readonly capture?: boolean;
  readonly startTime?: TimeInput;
  /** False: this model call did not see the text that was asked for above it, or says itself what it saw. */
  readonly sawKnowledge?: boolean;
}

/**
 * One span of ours. No method throws; after `end` every one is a no-op. Handles are safe to keep in maps keyed by a
 * framework's own ids: nothing depends on the async context the methods are called in.
 */
export interface SpanHandle {
  readonly traceId: string;
  readonly spanId: string;
  /** `tracelore.run.id`. */
  readonly runId: string;
  readonly kind: SpanKindName;
  /** What code below this span belongs to; for `parent` and for `markKnowledge`. */
  readonly scope: Scope;
  /** Whether content is recorded; if not, collecting it would be in vain. */
  readonly captures: boolean;
  /** Runs `fn` with this span as the current one, for our spans and for other instrumentation. Result and throw pass. */
  run<T>(fn: () => T): T;
  setAttributes(attributes: Attributes): void;
  addEvent(name: string, attributes?: Attributes): void;
  /** Content within the limits: agents' and models' plain text as GenAI messages, tools as call arguments, else JSON. */
  setInput(value: unknown): void;
  setOutput(value: unknown): void;
  /** Marks the span failed. The error itself is left alone. */
  recordError(error: unknown): void;
  /** Ends the span once; `reason` says why it ended without its function ending. */
  end(reason?: 'abandoned' | 'shutdown', endTime?: TimeInput): void;
}

/**
 * Starts a span under the current run, or a run of its own where there is none. For adapters: synchronous, with an
 * explicit parent if wanted. Never throws.
 */
export function startSpan(options: SpanOptions): SpanHandle {
  if (currentConfig().disabled) return DETACHED;
  return guarded<SpanHandle>('start_span', DETACHED, () => new TraceSpan(options));
}

const REMOTE_KINDS: ReadonlySet<SpanKindName> = new Set(['llm', 'embedding', 'memory']);

class TraceSpan implements SpanHandle, SpanNode, OpenSpan {
  readonly otel: Span;
  readonly parent: SpanNode | undefined;
  readonly kind: SpanKindName;
  readonly scope: Scope;
  readonly startedAt: number = Date.now();
  knowledge: SpanNode['knowledge'] = undefined;
  readonly #run: Run;
  readonly captures: boolean;
  #ended = false;

  constructor(options: SpanOptions) {
    const outer = enclosingScope(options);
    const run: Run = outer.run ?? newRun();
    this.parent = outer.span;
    this.kind = options.kind ?? (outer.run === undefined ? 'agent' : 'other');
    this.#run = run;
    const agent = options.agent ?? (this.kind === 'agent' ? options.name : undefined);
    const { session, user, conversation, tags } = options;
    this.scope = outer.derive({ span: this, run, agent, session, user, conversation, tags });
    this.otel = sdkTracer(outer).startSpan(
      options.name,
      {
        kind: REMOTE_KINDS.has(this.kind) ? SpanKind.CLIENT : SpanKind.INTERNAL,
        attributes: this.#initialAttributes(options, outer, agent),
        ...(options.startTime === undefined ? {} : { startTime: options.startTime }),
      },
      parentContext(outer),
    );
    run.root ??= this;
    if (outer.run === undefined && outer.trial !== undefined) outer.trial.traceId ??= this.traceId;
    this.captures = this.otel.isRecording() && (options.capture ?? true) && currentConfig().captureContent;
    if (!this.otel.isRecording()) checkApiCopies();
    addOpenSpan(this);
    if (options.input !== undefined) this.setInput(options.input);
  }

  #initialAttributes(options: SpanOptions, outer: Scope, agent: string | undefined): Attributes {
    const attributes = scopeAttributes(this.scope);
    const operation = OPERATION_OF_KIND[this.kind];
    if (operation !== undefined) attributes[ATTR.operation] = operation;
    if (this.kind === 'tool') attributes[ATTR.toolName] = options.name;
    if (this.kind === 'workflow') attributes[ATTR.workflowName] = options.name;
    if (agent !== undefined) attributes[ATTR.agentName] = agent;
    if (outer.run === undefined && this.scope.tags.length > 0) attributes[ATTR.tags] = [...this.scope.tags];
    if (this.kind === 'llm' && options.sawKnowledge !== false) {
      const knowledge = knowledgeInScope(outer);
      if (knowledge !== undefined) Object.assign(attributes, knowledgeAttributes(knowledge));
    }
    return options.attributes === undefined ? attributes : Object.assign(attributes, options.attributes);
  }

  get traceId(): string {
    return this.otel.spanContext().traceId;
  }

  get spanId(): string {
    return this.otel.spanContext().spanId;
  }

  get runId(): string {
    return this.#run.id;
  }

  run<T>(fn: () => T): T {
    return runInScope(this.scope, !isPrivate(this.scope), fn);
  }

  setAttributes(attributes: Attributes): void {
    guarded('set_attributes', undefined, () => this.otel.setAttributes(attributes));
  }

  addEvent(name: string, attributes: Attributes = {}): void {
    guarded('add_event', undefined, () => this.otel.addEvent(name, attributes));
  }

  setInput(value: unknown): void {
    if (!this.captures) return;
    guarded('capture', undefined, () => this.otel.setAttributes(inputAttributes(this.kind, value)));
  }

  setOutput(value: unknown): void {
    if (!this.captures) return;
    guarded('capture', undefined, () => this.otel.setAttributes(outputAttributes(this.kind, value)));
  }

  recordError(error: unknown): void {
    guarded('record_error', undefined, () => {
      const fault = describeError(error);
      const message = this.captures ? fault.message : '';
      this.otel.setStatus({ code: SpanStatusCode.ERROR, ...(message === '' ? {} : { message }) });
      this.otel.setAttribute(ATTR.errorType, fault.type);
      this.otel.addEvent('exception', {
        'exception.type': fault.type,
        ...(message === '' ? {} : { 'exception.message': message }),
        ...(this.captures && fault.stack !== '' ? { 'exception.stacktrace': fault.stack } : {}),
      });
    });
  }

  end(reason?: 'abandoned' | 'shutdown', endTime?: TimeInput): void {
    if (this.#ended) return;
    this.#ended = true;
    removeOpenSpan(this);
    if (this.#run.root === this) this.#run.open = false;
    guarded('end_span', undefined, () => {
      if (reason !== undefined) this.otel.setAttribute(ATTR.endReason, reason);
      this.otel.end(endTime);
    });
  }
}

function enclosingScope(options: SpanOptions): Scope {
  if (options.parent === null) return currentScope().detached();
  return options.parent === undefined ? currentScope() : options.parent.scope;
}

function newRun(): Run {
  return {
    id: newRunId(),
    root: undefined,
    open: true,
    knowledge: undefined,
    knowledgeItems: new Set(),
    outcomeEvents: 0,
  };
}

/** What every span in a scope says about the run it belongs to. */
export function scopeAttributes(scope: Scope): Attributes {
  const attributes: Attributes = {};
  if (scope.run !== undefined) attributes[ATTR.runId] = scope.run.id;
  if (scope.trial !== undefined) attributes[ATTR.trialId] = scope.trial.id;
  if (scope.session !== undefined) attributes[ATTR.sessionId] = scope.session;
  if (scope.user !== undefined) attributes[ATTR.userId] = scope.user;
  if (scope.conversation !== undefined) attributes[ATTR.conversationId] = scope.conversation;
  if (scope.fingerprint !== undefined) attributes[ATTR.fingerprint] = scope.fingerprint;
  return attributes;
}

/** Longest stack trace kept, bytes. */
const STACK_BYTES_MAX = 16_384;
const ERROR_MESSAGE_BYTES_MAX = 65_536;

function describeError(error: unknown): { type: string; message: string; stack: string } {
  if (!(error instanceof Error)) {
    const text = typeof error === 'string' ? error : `a thrown ${typeof error}`;
    return { type: typeof error, message: truncateText(text, ERROR_MESSAGE_BYTES_MAX), stack: '' };
  }
  const type = error.name !== 'Error' && error.name !== '' ? error.name : error.constructor.name;
  return {
    type,
    message: truncateText(textOf(error.message), ERROR_MESSAGE_BYTES_MAX),
    stack: truncateText(textOf(error.stack), STACK_BYTES_MAX),
  };
}

/** Thrown objects need not keep to the types of `Error`. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : captureText(value ?? '');
}

/** Stands in when the SDK is switched off or a span could not be started: the host's code runs, nothing is recorded. */
const DETACHED: SpanHandle = {
  traceId: '',
  spanId: '',
  runId: '',
  kind: 'other',
  scope: Scope.empty,
  captures: false,
  run: (fn) => fn(),
  setAttributes: () => {},
  addEvent: () => {},
  setInput: () => {},
  setOutput: () => {},
  recordError: () => {},
  end: () => {},
};

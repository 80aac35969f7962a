import { types } from 'node:util';

import type { Attributes } from '@opentelemetry/api';

import { captureText } from './capture.ts';
import { currentConfig } from './configure.ts';
import { ATTR } from './contract/attributes.ts';
import type { SpanKindName } from './contract/span-kinds.ts';
import { guarded } from './diagnostics.ts';
import { getKnowledge } from './knowledge.ts';
import { observeResult } from './observe-result.ts';
import type { Recording } from './recording.ts';
import { ResultRecorder } from './result-recorder.ts';
import { currentScope } from './scope.ts';
import { type SpanOptions, startSpan } from './span.ts';

export type AnyFunction = (...args: never[]) => unknown;

/** A constant, or a function of the call's arguments. */
export type PerCall<F extends AnyFunction, T> = T | ((...args: Parameters<F>) => T | undefined);

export interface TraceOptions<F extends AnyFunction> {
  /** Default: the function's name. */
  readonly name?: string;
  /** Default: `agent` where the call starts a run, `other` inside one. */
  readonly kind?: SpanKindName;
  /** Name of the agent, when it is not the span's. */
  readonly agent?: string;
  readonly session?: PerCall<F, string>;
  readonly user?: PerCall<F, string>;
  readonly conversation?: PerCall<F, string>;
  readonly tags?: readonly string[];
  readonly attributes?: Attributes;
  /** What is recorded as input. Default: the argument, or the list of arguments when there are several. */
  readonly input?: (...args: Parameters<F>) => unknown;
  /** What is recorded of a plain result. Default: the result. */
  readonly output?: (result: Awaited<ReturnType<F>>) => unknown;
  /** What is recorded of each item of a streamed result. Default: the item. */
  readonly chunk?: (item: unknown) => unknown;
  /** False: neither content nor error messages are recorded. */
  readonly capture?: boolean;
  /**
   * Gets knowledge for the call and lets you put its text into the arguments. Only for functions that return a promise,
   * since it has to be waited for. With no text the function gets the very arguments of its caller.
   */
  readonly autoInject?: ReturnType<F> extends PromiseLike<unknown>
    ? (args: Parameters<F>, knowledge: string) => Parameters<F>
    : never;
  /**
   * For tools: what the call returns, made from its recorded result, when a recorded run is replayed. The function itself is
   * then not run, so that nothing happens twice. A tool without it cannot be replayed, nor can a run that called it.
   */
  readonly replay?: (recorded: string) => ReturnType<F>;
  /** The task that knowledge is asked for. Default: the first argument that is text, else the input as JSON. */
  readonly task?: (...args: Parameters<F>) => string;
}

/**
 * Wraps a function so that each call is a span; where no run is active, the call starts one. Result, `this`, arity,
 * name, overloads and thrown errors are those of the function; sync stays sync. Nothing of Tracelore's can make a call
 * fail or wait (except `autoInject`, within the knowledge deadline).
 */
export function trace<F extends AnyFunction>(name: string, fn: F, options?: TraceOptions<F>): F;
export function trace<F extends AnyFunction>(fn: F, options?: TraceOptions<F>): F;
export function trace<F extends AnyFunction>(
  first: string | F,
  second?: F | TraceOptions<F>,
  third?: TraceOptions<F>,
): F {
  if (typeof first === 'function') return wrap(first, typeof second === 'function' ? {} : (second ?? {}));
  if (typeof second === 'function') return wrap(second, { ...third, name: first });
  throw new TypeError(`trace: expected a function, got ${typeof second}`);
}

function wrap<F extends AnyFunction>(fn: F, options: TraceOptions<F>): F {
  const fixed = fixedOptions(fn, options);
  // A proxy keeps the whole function as it is: name, length, own properties, overloads.
  return new Proxy(fn, {
    apply: (target, self: unknown, args: Parameters<F>) => call(target, self, args, options, fixed),
  });
}

function call<F extends AnyFunction>(
  fn: F,
  self: unknown,
  args: Parameters<F>,
  options: TraceOptions<F>,
  fixed: SpanOptions,
): unknown {
  const perform = (given: Parameters<F>): unknown => {
    const recording = options.kind === 'tool' ? currentScope().trial?.recording : undefined;
    return recording === undefined
      ? Reflect.apply(fn, self, given)
      : replayed(fn, given, options, fixed.name, recording);
  };
  if (currentConfig().disabled) return perform(args);
  const span = startSpan(spanOptions(fixed, args, options));
  if (span.captures) guarded('input_extractor', undefined, () => span.setInput(inputOf(args, options)));
  const recorder = new ResultRecorder(span, { output: outputOf(options), chunk: options.chunk });
  let result: unknown;
  try {
    result = span.run(() =>
      options.autoInject === undefined ? perform(args) : injected(perform, args, options, options.autoInject),
    );
  } catch (error) {
    recorder.fail(error);
    throw error;
  }
  return guarded('observe_result', result, () => observeResult(result, recorder));
}

/** The recorded answer to a call, in the place of the function. What it throws, an async function rejects with. */
function replayed<F extends AnyFunction>(
  fn: F,
  args: Parameters<F>,
  options: TraceOptions<F>,
  tool: string,
  recording: Recording,
): unknown {
  const answer = (): unknown => {
    if (options.replay === undefined) return recording.refuse(tool);
    const input = inputOf(args, options);
    return options.replay(recording.answer(tool, input === undefined ? '' : captureText(input)));
  };
  return types.isAsyncFunction(fn) ? Promise.resolve().then(answer) : answer();
}

/** What is the same for every call. */
function fixedOptions<F extends AnyFunction>(fn: F, options: TraceOptions<F>): SpanOptions {
  const { kind, agent, tags, capture } = options;
  const isReplayable = kind === 'tool' && options.replay !== undefined;
  const attributes = isReplayable
    ? { ...options.attributes, [ATTR.toolReplayable]: true }
    : options.attributes;
  return {
    name: options.name ?? (fn.name || 'anonymous'),
    ...(kind === undefined ? {} : { kind }),
    ...(agent === undefined ? {} : { agent }),
    ...(tags === undefined ? {} : { tags }),
    ...(attributes === undefined ? {} : { attributes }),
    ...(capture === undefined ? {} : { capture }),
  };
}

function spanOptions<F extends AnyFunction>(
  fixed: SpanOptions,
  args: Parameters<F>,
  options: TraceOptions<F>,
): SpanOptions {
  const session = perCall(options.session, args);
  const user = perCall(options.user, args);
  const conversation = perCall(options.conversation, args);
  if (session === undefined && user === undefined && conversation === undefined) return fixed;
  return {
    ...fixed,
    ...(session === undefined ? {} : { session }),
    ...(user === undefined ? {} : { user }),
    ...(conversation === undefined ? {} : { conversation }),
  };
}

function perCall<F extends AnyFunction>(
  value: PerCall<F, string> | undefined,
  args: Parameters<F>,
): string | undefined {
  if (typeof value !== 'function') return value;
  return guarded('per_call_option', undefined, () => value(...args));
}

function inputOf<F extends AnyFunction>(args: Parameters<F>, options: TraceOptions<F>): unknown {
  if (options.input !== undefined) return options.input(...args);
  return args.length <= 1 ? args[0] : args;
}

function outputOf<F extends AnyFunction>(
  options: TraceOptions<F>,
): ((result: unknown) => unknown) | undefined {
  const { output } = options;
  return output === undefined ? undefined : (result) => Reflect.apply(output, undefined, [result]);
}

async function injected<F extends AnyFunction>(
  perform: (given: Parameters<F>) => unknown,
  args: Parameters<F>,
  options: TraceOptions<F>,
  inject: (args: Parameters<F>, knowledge: string) => Parameters<F>,
): Promise<unknown> {
  const task = guarded('task_extractor', '', () => taskOf(args, options));
  const text = task === '' ? '' : await getKnowledge(task);
  return perform(text === '' ? args : guarded('inject', args, () => inject(args, text)));
}

/** Longest task sent to the service, bytes; a task is a request in words, not a document. */
const TASK_BYTES_MAX = 32_768;

function taskOf<F extends AnyFunction>(args: Parameters<F>, options: TraceOptions<F>): string {
  if (options.task !== undefined) return options.task(...args);
  const text: unknown = args.find((value: unknown) => typeof value === 'string');
  return captureText(text ?? inputOf(args, options) ?? '', TASK_BYTES_MAX);
}

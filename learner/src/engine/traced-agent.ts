import {
  captureText,
  getKnowledge,
  guarded,
  trace as traceFunction,
  withBackend,
  type AnyFunction,
  type Backend,
  type TraceOptions,
} from '@tracelore/sdk';
import type { EngineOptions } from './engine-options.ts';

/** How an agent is traced. */
export interface EngineTraceOptions<F extends AnyFunction> extends Pick<
  TraceOptions<F>,
  'name' | 'agent' | 'session' | 'user' | 'conversation' | 'tags' | 'attributes' | 'capture' | 'chunk'
> {
  /** The task of a call. Default: the engine's, else the first argument as text. */
  readonly inputExtractor?: (...args: Parameters<F>) => string;
  /** The answer of a result. Default: the engine's, else the result as text. */
  readonly outputExtractor?: (result: Awaited<ReturnType<F>>) => string;
  /**
   * Asks for knowledge before each call. `true`: its text is the property `knowledge` of the second argument, an object. A
   * function puts it into the arguments itself. Only for functions that return a promise.
   */
  readonly autoInject?: ReturnType<F> extends PromiseLike<unknown>
    ? boolean | ((args: Parameters<F>, knowledge: string) => Parameters<F>)
    : never;
}

/** Extractors that count where a call names none. */
export type ExtractorDefaults = Pick<EngineOptions, 'defaultInputExtractor' | 'defaultOutputExtractor'>;

/** Wraps an agent so that each call is a run of this backend. Nothing global takes part; the agent is called as before. */
export function tracedAgent<F extends AnyFunction>(
  backend: Backend,
  agent: F,
  options: EngineTraceOptions<F>,
  defaults: ExtractorDefaults,
): F {
  const traced = traceFunction(withKnowledge(agent, options, defaults), traceOptions(options, defaults));
  return new Proxy(traced, {
    apply: (target, self: unknown, args: Parameters<F>) =>
      withBackend(backend, (): unknown => Reflect.apply(target, self, args)),
  });
}

function traceOptions<F extends AnyFunction>(
  { inputExtractor, outputExtractor, autoInject: _injectedApart, ...rest }: EngineTraceOptions<F>,
  { defaultInputExtractor, defaultOutputExtractor }: ExtractorDefaults,
): TraceOptions<F> {
  const task = inputExtractor ?? defaultInputExtractor ?? firstArgument;
  const output = outputExtractor ?? defaultOutputExtractor;
  return {
    ...rest,
    kind: 'agent',
    input: (...args: Parameters<F>) => task(...args),
    ...(output === undefined ? {} : { output }),
  };
}

/** The agent with knowledge among its arguments, if it is to have any that way. */
function withKnowledge<F extends AnyFunction>(
  agent: F,
  { autoInject, inputExtractor }: EngineTraceOptions<F>,
  { defaultInputExtractor }: ExtractorDefaults,
): F {
  const inject: unknown = autoInject;
  if (inject === undefined || inject === false) return agent;
  const task = inputExtractor ?? defaultInputExtractor ?? firstArgument;
  return new Proxy(agent, {
    async apply(target, self: unknown, args: Parameters<F>): Promise<unknown> {
      const text = await getKnowledge(guarded('task_extractor', '', () => task(...args)));
      const given: unknown = typeof inject === 'function' ? inject(args, text) : intoSecond(args, text);
      const list: readonly unknown[] = Array.isArray(given) ? given : args;
      const answer: unknown = await Reflect.apply(target, self, list);
      return answer;
    },
  });
}

/** Of an object its `task` or `taskInput`. */
function firstArgument(...args: readonly unknown[]): string {
  const [first] = args;
  if (typeof first !== 'object' || first === null) return captureText(first ?? '');
  const named: unknown = Reflect.get(first, 'task') ?? Reflect.get(first, 'taskInput');
  return captureText(typeof named === 'string' ? named : first);
}

function intoSecond([first, second, ...others]: readonly unknown[], knowledge: string): unknown[] {
  const given = typeof second === 'object' && second !== null ? second : {};
  return [first, { ...given, knowledge }, ...others];
}

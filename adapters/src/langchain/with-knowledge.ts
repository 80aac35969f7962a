import { concat } from '@langchain/core/utils/stream';
import { currentRun, guarded, observe, startSpan } from '@tracelore/sdk';

import { textAt } from './field.ts';
import { injected, messagesIn } from './inject.ts';
import { lastUserText, textOf } from './messages.ts';
import { enclosingRun, type InjectionOptions, RunKnowledge } from './run-knowledge.ts';

type Method = (...args: readonly unknown[]) => unknown;

/** A chat model, or one with bound tools or settings. */
export interface ChatModel {
  invoke(input: never, options?: never): Promise<unknown>;
}

/**
 * A model whose every call gets the knowledge for what the user asked last, behind its own system text. It is the same
 * model in every other respect, and what is made from it (`bindTools`, `withConfig`, `withStructuredOutput`, `pipe`)
 * keeps the injection. Where no run is active, a call is a run of its own.
 */
export function withKnowledge<M extends ChatModel>(model: M, options: InjectionOptions = {}): M {
  if (wrapped.has(model)) return model;
  const inject = new ModelInjection(model, options);
  const wrap = (made: unknown): unknown => (isChatModel(made) ? withKnowledge(made, options) : made);
  const proxy = new Proxy(model, {
    get(target, key, receiver): unknown {
      const value: unknown = Reflect.get(target, key, receiver);
      // What a model was bound to goes through the binding's own `bound`: wrapped there, it is wrapped once.
      if (key === 'bound') return wrap(value);
      if (typeof value !== 'function' || 'bound' in target) return value;
      const method: Method = (...args) => Reflect.apply(value, target, args);
      if (key === 'invoke' || key === 'stream') return inject.call(method);
      // Some models make a new model, others a binding of this one.
      if (key === 'bindTools' || key === 'withConfig') {
        return (...args: readonly unknown[]) => wrap(Reflect.apply(value, receiver, args));
      }
      if (key !== 'transform') return value;
      const stream: unknown = Reflect.get(target, 'stream');
      if (typeof stream !== 'function') return value;
      return transform(inject.call((...args) => Reflect.apply(stream, target, args)));
    },
  });
  wrapped.add(proxy);
  return proxy;
}

/** Models that inject already. */
const wrapped = new WeakSet<object>();

class ModelInjection {
  readonly #name: string;
  readonly #knowledge: RunKnowledge;

  constructor(model: object, options: InjectionOptions) {
    this.#name = options.agent ?? textAt(model, 'model') ?? model.constructor.name;
    this.#knowledge = new RunKnowledge(options);
  }

  /** `invoke` or `stream` with the text in its input. */
  call(method: Method): Method {
    return (input, config, ...rest) => {
      const perform = async (): Promise<unknown> =>
        method(await this.#prepared(input, config), config, ...rest);
      if (enclosingRun(config) !== undefined || currentRun() !== undefined) return perform();
      const task = guarded('inject', '', () => lastUserText(messagesIn(input) ?? []));
      const span = startSpan({ name: this.#name, kind: 'agent', input: task });
      return observe(span, span.run(perform), { output: textOf, chunk: textOf });
    };
  }

  /** The very input where there is nothing to put in. */
  async #prepared(input: unknown, config: unknown): Promise<unknown> {
    const messages = guarded('inject', undefined, () => messagesIn(input));
    if (messages === undefined) return input;
    const text = await this.#knowledge.textFor(messages, enclosingRun(config));
    return text === '' ? input : guarded('inject', input, () => injected(messages, text));
  }
}

/** How LangChain streams through a sequence: the input arrives in pieces, which a model has to wait for. */
function transform(stream: Method): Method {
  return async function* (pieces: unknown, ...rest: readonly unknown[]): AsyncGenerator<unknown> {
    let input: unknown;
    if (isAsyncIterable(pieces)) {
      for await (const piece of pieces) input = input === undefined ? piece : concat(input, piece);
    }
    const answer: unknown = await stream(input, ...rest);
    if (isAsyncIterable(answer)) yield* answer;
  };
}

function isChatModel(value: unknown): value is ChatModel {
  return typeof value === 'object' && value !== null && 'invoke' in value;
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

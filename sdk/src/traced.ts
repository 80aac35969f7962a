import { type AnyFunction, trace, type TraceOptions } from './trace.ts';

/** Where a standard decorator is applied; of the language's context object only what is used here. */
interface DecoratorPlace {
  readonly kind: string;
  readonly name: string | symbol;
}

interface TracedDecorator {
  /** Standard decorator on a field that holds a function. */
  (value: undefined, place: DecoratorPlace): <V>(initial: V) => V;
  /** Standard decorator on a method. */
  <F extends AnyFunction>(value: F, place: DecoratorPlace): F;
  /** Legacy decorator (`experimentalDecorators`) on a method. */
  (target: object, key: string | symbol, descriptor: PropertyDescriptor): void;
}

/**
 * `trace()` as a decorator: `@traced({ kind: 'tool' })` on a method or on a field that holds a function. Works with
 * standard and with legacy decorators. The span's name is the member's unless given.
 */
export function traced(options: TraceOptions<AnyFunction> = {}): TracedDecorator {
  function decorate(value: undefined, place: DecoratorPlace): <V>(initial: V) => V;
  function decorate<F extends AnyFunction>(value: F, place: DecoratorPlace): F;
  function decorate(target: object, key: string | symbol, descriptor: PropertyDescriptor): void;
  function decorate(
    value: unknown,
    place: DecoratorPlace | string | symbol,
    descriptor?: PropertyDescriptor,
  ): unknown {
    if (descriptor !== undefined && (typeof place === 'string' || typeof place === 'symbol')) {
      descriptor.value = named(descriptor.value, place, options);
      return undefined;
    }
    if (typeof place !== 'object')
      throw new TypeError('traced: expected a method or a field that holds a function');
    const { kind, name } = place;
    if (kind === 'field') return (initial: unknown): unknown => named(initial, name, options);
    if (kind === 'method') return named(value, name, options);
    throw new TypeError(`traced: expected a method or a field that holds a function, got a ${kind}`);
  }
  return decorate;
}

function named(value: unknown, name: string | symbol, options: TraceOptions<AnyFunction>): unknown {
  return isFunction(value) ? trace(value, { name: String(name), ...options }) : value;
}

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function';
}

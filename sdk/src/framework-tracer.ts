import {
  type Context,
  context,
  type Span,
  type SpanOptions,
  type Tracer,
  trace as otel,
} from '@opentelemetry/api';

import { currentScope, runInScope, type Scope, scopeOf } from './scope.ts';
import { stampAttributes } from './stamp.ts';
import { isPrivate, parentContext, sdkTracer } from './tracer.ts';

class FrameworkTracer implements Tracer {
  startSpan(name: string, options: SpanOptions = {}, given: Context = context.active()): Span {
    const scope = scopeOf(given) ?? currentScope();
    const attributes = { ...options.attributes, ...stampAttributes(scope, options.attributes ?? {}) };
    return sdkTracer(scope).startSpan(
      name,
      { ...options, attributes },
      parentOf(scope, given, options.root === true),
    );
  }

  startActiveSpan<F extends (span: Span) => unknown>(name: string, fn: F): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    options: SpanOptions,
    fn: F,
  ): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    options: SpanOptions,
    given: Context,
    fn: F,
  ): ReturnType<F>;
  startActiveSpan(name: string, ...rest: [unknown, unknown?, unknown?]): unknown {
    const fn = rest.at(-1);
    if (typeof fn !== 'function')
      throw new TypeError('startActiveSpan: expected a function as last argument');
    const options = rest.length > 1 && isSpanOptions(rest[0]) ? rest[0] : {};
    const given = rest.length > 2 && isContext(rest[1]) ? rest[1] : context.active();
    const span = this.startSpan(name, options, given);
    const scope = scopeOf(given) ?? currentScope();
    const inner = scope.derive({ span: { otel: span, parent: scope.span, knowledge: undefined } });
    return context.with(given, () =>
      runInScope(inner, !isPrivate(inner), () => Reflect.apply(fn, undefined, [span])),
    );
  }
}

const shared: Tracer = new FrameworkTracer();

/**
 * A tracer for frameworks that accept one: its spans go where ours go and have ours as parents, also where our spans
 * are kept apart from the application's own OpenTelemetry.
 */
export function tracer(): Tracer {
  return shared;
}

/** A context with another span than the active one was made by the framework to name a parent: then it is the parent. */
function parentOf(scope: Scope, given: Context, root: boolean): Context {
  if (root || otel.getSpan(given) !== otel.getSpan(context.active())) return given;
  return parentContext(scope);
}

function isSpanOptions(value: unknown): value is SpanOptions {
  return typeof value === 'object' && value !== null;
}

function isContext(value: unknown): value is Context {
  return typeof value === 'object' && value !== null && 'getValue' in value && 'setValue' in value;
}

import { type Context, context, type Tracer, type TracerProvider, trace as otel } from '@opentelemetry/api';

import { type Scope, scopeOf } from './scope.ts';
import { SDK_NAME, SDK_VERSION } from './version.ts';

let own: Tracer | undefined;

/**
 * Sends our spans to a provider of our own instead of the application's. They are then never made the active span of
 * the application's OpenTelemetry: its own spans would become children of spans that its backend never receives.
 */
export function usePrivateProvider(provider: TracerProvider | undefined): void {
  own = provider?.getTracer(SDK_NAME, SDK_VERSION);
}

export function isPrivate(): boolean {
  return own !== undefined;
}

export function sdkTracer(): Tracer {
  return own ?? otel.getTracer(SDK_NAME, SDK_VERSION);
}

/** Parent context for a span that starts in `scope`. */
export function parentContext(scope: Scope): Context {
  const active = context.active();
  if (scope.span === undefined) return active;
  // The active span may be a foreign one made below ours: then it is the parent. It is below ours exactly if its
  // context carries the same scope.
  if (own === undefined && scopeOf(active) === scope && otel.getSpan(active) !== undefined) return active;
  return otel.setSpan(active, scope.span.otel);
}

import { type Context, context, type Tracer, type TracerProvider, trace as otel } from '@opentelemetry/api';

import { recordFault } from './diagnostics.ts';
import { currentScope, type Scope, scopeOf } from './scope.ts';
import { SDK_NAME, SDK_VERSION } from './version.ts';

let own: Tracer | undefined;
let copiesChecked = false;

/**
 * Sends our spans to a provider of our own instead of the application's. They are then never made the active span of
 * the application's OpenTelemetry: its own spans would become children of spans that its backend never receives.
 */
export function usePrivateProvider(provider: TracerProvider | undefined): void {
  own = provider?.getTracer(SDK_NAME, SDK_VERSION);
}

/** Whether the spans of a scope are kept apart from the application's OpenTelemetry. */
export function isPrivate(scope: Scope): boolean {
  return own !== undefined || scope.backend !== undefined;
}

export function sdkTracer(scope: Scope = currentScope()): Tracer {
  return scope.backend?.tracer ?? own ?? otel.getTracer(SDK_NAME, SDK_VERSION);
}

/** Parent context for a span that starts in `scope`. */
export function parentContext(scope: Scope): Context {
  const active = context.active();
  if (scope.span === undefined) return active;
  // The active span may be a foreign one made below ours: then it is the parent. It is below ours exactly if its
  // context carries the same scope.
  if (!isPrivate(scope) && scopeOf(active) === scope && otel.getSpan(active) !== undefined) return active;
  return otel.setSpan(active, scope.span.otel);
}

/**
 * Looks once, when a span is not recorded, whether that is because the application set OpenTelemetry up through an
 * older copy of its API: a newer copy cannot see that set-up, and neither of them says so.
 */
export function checkApiCopies(): void {
  if (copiesChecked) return;
  copiesChecked = true;
  const registry: unknown = Reflect.get(globalThis, Symbol.for('opentelemetry.js.api.1'));
  if (typeof registry !== 'object' || registry === null) return;
  const registered: unknown = Reflect.get(registry, 'trace');
  if (registered === undefined || registered === otel.getTracerProvider()) return;
  recordFault(
    'api_copies',
    `no span is recorded: OpenTelemetry was set up through @opentelemetry/api ${String(Reflect.get(registry, 'version'))}, ` +
      'which the newer copy that @tracelore/sdk resolves cannot see; install one version of @opentelemetry/api for both',
  );
}

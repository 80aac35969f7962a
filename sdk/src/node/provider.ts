import type { TracerProvider } from '@opentelemetry/api';

import { methodOf } from '../shadow.ts';
import { classOf, loadModule, missingModule } from './otel-modules.ts';
import type { RunSpanProcessor } from './span-processor.ts';

/**
 * More attributes and events than OpenTelemetry's default of 128: a long run's root carries its outcomes and the union
 * of its knowledge.
 */
const SPAN_LIMITS = { attributeCountLimit: 1024, eventCountLimit: 1024, linkCountLimit: 128 };

/** Where a tracer provider class lives, newest generation first. */
const PROVIDERS = [
  ['@opentelemetry/sdk-trace', 'TracerProvider'],
  ['@opentelemetry/sdk-trace-base', 'BasicTracerProvider'],
] as const;

const NODE_SDK = '@opentelemetry/sdk-node';

/**
 * A tracer provider beside the application's, registered nowhere. It records every span: the default sampler would
 * follow a parent that the application's sampler has dropped.
 * @throws TraceloreError `OTEL_MISSING` when no OpenTelemetry SDK is installed
 */
export function createPrivateProvider(processor: RunSpanProcessor): TracerProvider {
  for (const [name, exportName] of PROVIDERS) {
    const module = loadModule(name) ?? loadModule(name, NODE_SDK);
    const construct = classOf(module, exportName);
    const alwaysOn = classOf(module, 'AlwaysOnSampler');
    if (construct === undefined || alwaysOn === undefined) continue;
    const provider: unknown = Reflect.construct(construct, [
      { spanProcessors: [processor], sampler: Reflect.construct(alwaysOn, []), spanLimits: SPAN_LIMITS },
    ]);
    if (isTracerProvider(provider)) return provider;
  }
  throw missingModule(NODE_SDK);
}

/**
 * Sets the process's whole OpenTelemetry up: provider, context manager, propagators, resource detection and the given
 * instrumentations.
 * @throws TraceloreError `OTEL_MISSING` when `@opentelemetry/sdk-node` is not installed
 */
export function startNodeSdk(processor: RunSpanProcessor, instrumentations: readonly unknown[]): void {
  const construct = classOf(loadModule(NODE_SDK), 'NodeSDK');
  if (construct === undefined) throw missingModule(NODE_SDK);
  const sdk: unknown = Reflect.construct(construct, [
    {
      spanProcessors: [processor],
      spanLimits: SPAN_LIMITS,
      instrumentations: [...instrumentations],
      // Traces only: without these it would set up exporters for metrics and logs from the environment.
      metricReaders: [],
      logRecordProcessors: [],
    },
  ]);
  methodOf(sdk, 'start')?.call(sdk);
}

/** Whether some provider is registered, be it through another copy of the API. */
export function isProviderRegistered(): boolean {
  const registry: unknown = Reflect.get(globalThis, Symbol.for('opentelemetry.js.api.1'));
  return typeof registry === 'object' && registry !== null && Reflect.get(registry, 'trace') !== undefined;
}

function isTracerProvider(value: unknown): value is TracerProvider {
  return methodOf(value, 'getTracer') !== undefined;
}

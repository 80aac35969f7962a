import { createRequire } from 'node:module';

import type { TracerProvider } from '@opentelemetry/api';

import { TraceloreError } from '../errors.ts';
import { methodOf } from '../shadow.ts';
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

const requireFrom: NodeJS.Require = createRequire(import.meta.url);

/**
 * A tracer provider beside the application's, registered nowhere. It records every span: the default sampler would
 * follow a parent that the application's sampler has dropped.
 * @throws TraceloreError `OTEL_MISSING` when no OpenTelemetry SDK is installed
 */
export function createPrivateProvider(processor: RunSpanProcessor): TracerProvider {
  for (const [name, exportName] of PROVIDERS) {
    const module = load(name);
    const construct = member(module, exportName);
    const alwaysOn = member(module, 'AlwaysOnSampler');
    if (construct === undefined || alwaysOn === undefined) continue;
    const provider: unknown = Reflect.construct(construct, [
      { spanProcessors: [processor], sampler: Reflect.construct(alwaysOn, []), spanLimits: SPAN_LIMITS },
    ]);
    if (isTracerProvider(provider)) return provider;
  }
  throw missing('@opentelemetry/sdk-trace');
}

/**
 * Sets the process's whole OpenTelemetry up: provider, context manager, propagators, resource detection and the given
 * instrumentations.
 * @throws TraceloreError `OTEL_MISSING` when `@opentelemetry/sdk-node` is not installed
 */
export function startNodeSdk(processor: RunSpanProcessor, instrumentations: readonly unknown[]): void {
  const construct = member(load('@opentelemetry/sdk-node'), 'NodeSDK');
  if (construct === undefined) throw missing('@opentelemetry/sdk-node');
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

function load(name: string): unknown {
  try {
    const module: unknown = requireFrom(name);
    return module;
  } catch {
    return undefined;
  }
}

function member(module: unknown, name: string): (new () => unknown) | undefined {
  if (typeof module !== 'object' || module === null) return undefined;
  const found: unknown = Reflect.get(module, name);
  return isConstructor(found) ? found : undefined;
}

function isConstructor(value: unknown): value is new () => unknown {
  return typeof value === 'function';
}

function isTracerProvider(value: unknown): value is TracerProvider {
  return methodOf(value, 'getTracer') !== undefined;
}

function missing(name: string): TraceloreError {
  return new TraceloreError('OTEL_MISSING', [
    `install ${name} (2.x or 3.x generation) to use @tracelore/sdk/node`,
  ]);
}

import { createRequire } from 'node:module';

import { TraceloreError } from '../errors.ts';

/** The class of a foreign module; what it makes is checked by whoever makes it. */
export type Constructor = new () => unknown;

const requireFrom: NodeJS.Require = createRequire(import.meta.url);

/**
 * An OpenTelemetry package, or `undefined` where it is not installed. `dependent`: the package whose dependency it is,
 * for installers that let nobody else see it. Loaded by name, since the two generations are told apart while running.
 */
export function loadModule(name: string, dependent?: string): unknown {
  try {
    const from = dependent === undefined ? requireFrom : createRequire(requireFrom.resolve(dependent));
    const module: unknown = from(name);
    return module;
  } catch {
    return undefined;
  }
}

/** What a module exports under a name. */
export function exportOf(module: unknown, name: string): unknown {
  return typeof module === 'object' && module !== null ? Reflect.get(module, name) : undefined;
}

export function classOf(module: unknown, name: string): Constructor | undefined {
  const found = exportOf(module, name);
  return isConstructor(found) ? found : undefined;
}

function isConstructor(value: unknown): value is Constructor {
  return typeof value === 'function';
}

export function missingModule(name: string): TraceloreError {
  return new TraceloreError('OTEL_MISSING', [
    `install ${name} (2.x or 3.x generation) to use @tracelore/sdk/node`,
  ]);
}

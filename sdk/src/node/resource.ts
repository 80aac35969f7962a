import { basename } from 'node:path';

import type { Config, Environment } from '../config.ts';
import { ATTR } from '../contract/attributes.ts';
import { recordFault } from '../diagnostics.ts';
import { methodOf } from '../shadow.ts';
import { SDK_NAME, SDK_VERSION } from '../version.ts';
import { exportOf, loadModule } from './otel-modules.ts';
import { type OutgoingAttributes, outgoingAttributes } from './outgoing-attributes.ts';

/** What this process is. */
export interface ProcessResource {
  /** What is known so far. */
  readonly attributes: OutgoingAttributes;
  /** Resolves when nothing more will come (the host's id is read from a file). Never rejects. */
  readonly settled: Promise<void>;
}

/** OpenTelemetry's detectors, by their names in `OTEL_NODE_RESOURCE_DETECTORS`; later ones win. */
const DETECTORS: readonly (readonly [name: string, exportName: string])[] = [
  ['os', 'osDetector'],
  ['host', 'hostDetector'],
  ['process', 'processDetector'],
  ['serviceinstance', 'serviceInstanceIdDetector'],
  ['env', 'envDetector'],
];

/**
 * Describes this process through OpenTelemetry's detectors. Explicit settings win over `OTEL_RESOURCE_ATTRIBUTES`, these
 * over what is detected. Secrets (a command line may hold some) are taken out as in spans.
 */
export function detectResource(config: Config, env: Environment): ProcessResource {
  const redact = (found: OutgoingAttributes): OutgoingAttributes => outgoingAttributes(found, config.redact);
  const late: Promise<void>[] = [];
  const detected: Record<string, unknown> = {};
  for (const [key, value] of runDetectors(env)) {
    if (isPromise(value)) late.push(noteLate(key, value, (found) => note(redact(found))));
    else detected[key] = value;
  }
  const attributes: Record<string, unknown> = {
    ...redact({
      'telemetry.sdk.language': 'nodejs',
      'telemetry.distro.name': SDK_NAME,
      'telemetry.distro.version': SDK_VERSION,
      [ATTR.serviceName]: `unknown_service:${basename(process.argv[1] ?? process.argv0)}`,
      ...detected,
      ...config.resourceAttributes,
      ...(config.serviceName === '' ? {} : { [ATTR.serviceName]: config.serviceName }),
      ...(config.environment === '' ? {} : { [ATTR.environment]: config.environment }),
    }),
  };
  function note(found: OutgoingAttributes): void {
    Object.assign(attributes, { ...found, ...attributes });
  }
  return { attributes, settled: settle(late) };
}

function runDetectors(env: Environment): [key: string, value: unknown][] {
  const chosen = (env['OTEL_NODE_RESOURCE_DETECTORS']?.trim() || 'all').split(',').map((name) => name.trim());
  // Of the node SDK rather than of the application, which need not depend on them itself.
  const module = loadModule('@opentelemetry/resources', '@opentelemetry/sdk-node');
  return DETECTORS.filter(([name]) => chosen.includes('all') || chosen.includes(name)).flatMap(
    ([, exportName]) => {
      const detector = exportOf(module, exportName);
      try {
        const detected = methodOf(detector, 'detect')?.call(detector);
        return Object.entries(exportOf(detected, 'attributes') ?? {});
      } catch (error) {
        recordFault('resource', `the resource detector ${exportName} failed`, error);
        return [];
      }
    },
  );
}

async function noteLate(
  key: string,
  value: Promise<unknown>,
  note: (found: OutgoingAttributes) => void,
): Promise<void> {
  try {
    const found = await value;
    if (found !== undefined) note({ [key]: found });
  } catch (error) {
    recordFault('resource', `the resource attribute ${key} could not be detected`, error);
  }
}

async function settle(late: readonly Promise<void>[]): Promise<void> {
  await Promise.all(late);
}

function isPromise(value: unknown): value is Promise<unknown> {
  return methodOf(value, 'then') !== undefined;
}

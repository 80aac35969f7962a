import { hostname } from 'node:os';
import { basename } from 'node:path';

import type { Attributes } from '@opentelemetry/api';

import type { Config } from '../config.ts';
import { ATTR } from '../contract/attributes.ts';
import { SDK_NAME, SDK_VERSION } from '../version.ts';

/** What this process is. Explicit settings win over `OTEL_RESOURCE_ATTRIBUTES`, these over what is detected. */
export function detectResource(config: Config): Attributes {
  return {
    'host.name': hostname(),
    'process.pid': process.pid,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
    'telemetry.sdk.language': 'nodejs',
    'telemetry.distro.name': SDK_NAME,
    'telemetry.distro.version': SDK_VERSION,
    [ATTR.serviceName]: `unknown_service:${basename(process.argv[1] ?? process.argv0)}`,
    ...config.resourceAttributes,
    ...(config.serviceName === '' ? {} : { [ATTR.serviceName]: config.serviceName }),
    ...(config.environment === '' ? {} : { [ATTR.environment]: config.environment }),
  };
}

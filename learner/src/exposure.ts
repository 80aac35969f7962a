import type { KeyRing } from '@tracelore/collector/store';
import { LearnerError } from './errors.ts';

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1']);

/** Throws {@link LearnerError} `config_invalid` when others could reach a service that asks nobody for a key. */
export function refuseExposed(host: string, ring: KeyRing): void {
  if (LOOPBACK.has(host) || ring.isRequired) return;
  throw new LearnerError(
    'config_invalid',
    `host: ${host} can be reached by others and there are no API keys; set TRACELORE_API_KEYS, make a key with "tracelore keys create", or use 127.0.0.1`,
  );
}

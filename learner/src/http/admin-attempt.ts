import type { AuditEntry } from '@tracelore/collector/store';
import type { Endpoint } from './endpoint.ts';
import { permissionOf } from './permissions.ts';

/** What a request without a valid key would have done, if only admins may; `undefined` for all others. */
export function adminAttempt(
  endpoints: readonly Endpoint[],
  method: string,
  path: string,
): Pick<AuditEntry, 'action' | 'object' | 'detail'> | undefined {
  const meant = endpoints.find(
    (endpoint) => endpoint.method === method && patternOf(endpoint.path).test(path),
  );
  if (meant === undefined) return undefined;
  const { scope, audit = `${meant.method} ${meant.path}` } = permissionOf(meant.method, meant.path);
  return scope === 'admin' ? { action: audit, object: '', detail: 'no valid API key' } : undefined;
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', String.raw`\.`).replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}

import type { Signal } from '../decode/decoded-request.ts';
import { Refusal } from '../errors.ts';

/** Signal of a request path. Throws a {@link Refusal} for unknown paths, other methods and signals that are not stored. */
export function routeOf(
  method: string | undefined,
  url: string | undefined,
  prefixes: readonly string[],
): Signal {
  const path = (url ?? '').split('?', 1)[0] ?? '';
  const prefix = prefixes.find((candidate) => path.startsWith(`${candidate}/v1`));
  const name = prefix === undefined ? '' : path.slice(prefix.length);
  const signal = name === '/v1/traces' ? 'traces' : name === '/v1/logs' ? 'logs' : undefined;
  if (name === '/v1/metrics')
    throw new Refusal(
      'unsupported_signal',
      'metrics are not stored: set OTEL_METRICS_EXPORTER=none or send them elsewhere',
    );
  if (signal === undefined)
    throw new Refusal('unknown_path', `no such path: expected POST /v1/traces or /v1/logs`);
  if (method !== 'POST') throw new Refusal('method_not_allowed', `${method ?? 'no method'}: expected POST`);
  return signal;
}

import { methodOf } from '../shadow.ts';
import { exportOf, loadModule, missingModule } from './otel-modules.ts';
import type { OutgoingSpan } from './outgoing-span.ts';

/** The exporter that spans leave through; its class has the same name in both generations. */
export const EXPORTER_MODULE = '@opentelemetry/exporter-trace-otlp-http';

/**
 * The exporter's own encoding of an OTLP/HTTP JSON request. A request that was sent and is encoded again has the same
 * bytes: by them the collector recognises it when it comes a second time, from the spool.
 * @throws TraceloreError `OTEL_MISSING` when the exporter is not installed
 */
export function createTraceSerializer(): (spans: readonly OutgoingSpan[]) => string {
  const module = loadModule('@opentelemetry/otlp-transformer', EXPORTER_MODULE);
  const serializer = exportOf(module, 'JsonTraceSerializer');
  const serialize = methodOf(serializer, 'serializeRequest');
  if (serialize === undefined) throw missingModule(EXPORTER_MODULE);
  return (spans) => {
    const bytes = serialize.call(serializer, spans);
    if (!(bytes instanceof Uint8Array)) throw new TypeError('the exporter encodes nothing');
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  };
}

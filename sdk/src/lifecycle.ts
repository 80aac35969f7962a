import { trace as otel } from '@opentelemetry/api';

import { guarded, recordFault } from './diagnostics.ts';
import { methodOf } from './shadow.ts';

/** How long `flush()` and `shutdown()` wait at most, ms. */
export const FLUSH_DEADLINE_DEFAULT_MS = 5_000;

/** How far a flush got. */
export interface FlushResult {
  /** True: everything recorded before the call was delivered or safely spooled. */
  readonly complete: boolean;
  /** Spans still in memory. */
  readonly pending: number;
}

export interface Delivery {
  flush(deadlineMs: number): Promise<FlushResult>;
  shutdown(deadlineMs: number): Promise<FlushResult>;
}

const deliveries = new Set<Delivery>();

export function addDelivery(delivery: Delivery): void {
  deliveries.add(delivery);
}

export function removeDelivery(delivery: Delivery): void {
  deliveries.delete(delivery);
}

/** Delivers what was recorded so far, within the deadline; then resolves with how far it got. Never rejects. */
export async function flush(deadlineMs: number = FLUSH_DEADLINE_DEFAULT_MS): Promise<FlushResult> {
  const own = [...deliveries].map((delivery) => delivery.flush(deadlineMs));
  return combine(await Promise.all([...own, flushHost(deadlineMs)]));
}

/** As `flush()`; afterwards our own delivery stops. The application's provider is the application's to stop. */
export async function shutdown(deadlineMs: number = FLUSH_DEADLINE_DEFAULT_MS): Promise<FlushResult> {
  const own = [...deliveries].map((delivery) => delivery.shutdown(deadlineMs));
  return combine(await Promise.all([...own, flushHost(deadlineMs)]));
}

function combine(results: readonly FlushResult[]): FlushResult {
  return {
    complete: results.every((result) => result.complete),
    pending: results.reduce((sum, result) => sum + result.pending, 0),
  };
}

/** Spans recorded through the application's own provider wait in its processors. */
async function flushHost(deadlineMs: number): Promise<FlushResult> {
  const provider: unknown = otel.getTracerProvider();
  const delegate: unknown = guarded('flush_host', undefined, () =>
    methodOf(provider, 'getDelegate')?.call(provider),
  );
  const target = delegate ?? provider;
  const forceFlush = methodOf(target, 'forceFlush');
  if (forceFlush === undefined) return { complete: true, pending: 0 };
  return new Promise((resolve) => {
    const finish = (complete: boolean): void => {
      clearTimeout(timer);
      resolve({ complete, pending: 0 });
    };
    const timer = setTimeout(() => finish(false), deadlineMs);
    Promise.resolve(guarded('flush_host', undefined, () => forceFlush.call(target))).then(
      () => finish(true),
      (error: unknown) => {
        recordFault('flush_host', "the application's provider could not flush", error);
        finish(false);
      },
    );
  });
}

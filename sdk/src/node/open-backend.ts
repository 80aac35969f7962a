import type { Backend, LocalService } from '../backend.ts';
import { resolveConfig, type TraceloreOptions } from '../config.ts';
import { TraceloreError } from '../errors.ts';
import { addDelivery, FLUSH_DEADLINE_DEFAULT_MS, type FlushResult, removeDelivery } from '../lifecycle.ts';
import { SDK_NAME, SDK_VERSION } from '../version.ts';
import { SpanDelivery } from './delivery.ts';
import { protectAtExit, releaseAtExit } from './exit.ts';
import { createPrivateProvider } from './provider.ts';
import { detectResource } from './resource.ts';
import { createSpanProcessor } from './span-processor.ts';

/** A backend with the delivery of its spans. */
export interface OpenBackend extends Backend {
  /** Delivers what was recorded so far; resolves within the deadline (default 5 s) with how far it got. */
  flush(deadlineMs?: number): Promise<FlushResult>;
  /** Delivers or spools everything. Spans that end later are lost, and counted. */
  close(deadlineMs?: number): Promise<FlushResult>;
}

/**
 * A tracer, its delivery and the service behind it, for `withBackend()`. Unlike `start()` it configures nothing but itself:
 * neither the environment nor anything of the process takes part, and any number of them may be open.
 * @throws TraceloreError when the options are not valid or no OpenTelemetry SDK is installed
 */
export function openBackend(options: TraceloreOptions, service?: LocalService): OpenBackend {
  const resolved = resolveConfig(options, {});
  if (!resolved.ok) throw new TraceloreError('CONFIG_INVALID', resolved.problems);
  const config = resolved.value;
  const delivery = new SpanDelivery(config, detectResource(config, process.env));
  const processor = createSpanProcessor(
    delivery,
    () => true,
    () => {},
  );
  const tracer = createPrivateProvider(processor).getTracer(SDK_NAME, SDK_VERSION);
  addDelivery(delivery);
  protectAtExit(delivery);
  return {
    config,
    tracer,
    ...(service === undefined ? {} : { service }),
    flush: (deadlineMs = FLUSH_DEADLINE_DEFAULT_MS) => delivery.flush(deadlineMs),
    close: async (deadlineMs = FLUSH_DEADLINE_DEFAULT_MS) => {
      removeDelivery(delivery);
      const result = await delivery.shutdown(deadlineMs);
      releaseAtExit(delivery);
      return result;
    },
  };
}

import type { TraceloreOptions } from '../config.ts';
import { configure } from '../configure.ts';
import { recordFault } from '../diagnostics.ts';
import {
  addDelivery,
  type Delivery,
  FLUSH_DEADLINE_DEFAULT_MS,
  type FlushResult,
  removeDelivery,
} from '../lifecycle.ts';
import { endOpenSpans } from '../open-spans.ts';
import { usePrivateProvider } from '../tracer.ts';
import { SpanDelivery } from './delivery.ts';
import { protectAtExit, releaseAtExit } from './exit.ts';
import { createPrivateProvider, isProviderRegistered, startNodeSdk } from './provider.ts';
import { detectResource } from './resource.ts';
import {
  createSpanProcessor,
  isAgentSpan,
  type RunSpanProcessor,
  type SpanFilter,
} from './span-processor.ts';

export interface StartOptions extends TraceloreOptions {
  /**
   * True: also become the process's OpenTelemetry (through `@opentelemetry/sdk-node`), so that spans of other
   * instrumentation are recorded too. Only where nothing else sets OpenTelemetry up. Default false: our spans go to a
   * provider of our own, and whatever the application registers, before or after, is left alone.
   */
  readonly register?: boolean;
  /** OpenTelemetry instrumentations to enable; only with `register`. */
  readonly instrumentations?: readonly unknown[];
}

export interface Telemetry {
  /** Delivers what was recorded so far; resolves within the deadline (default 5 s) with how far it got. */
  flush(deadlineMs?: number): Promise<FlushResult>;
  /** Ends open spans, delivers or spools everything, and removes every trace of `start()` from the process. */
  shutdown(deadlineMs?: number): Promise<FlushResult>;
}

const NOTHING: FlushResult = { complete: true, pending: 0 };
const OFF: Telemetry = { flush: async () => NOTHING, shutdown: async () => NOTHING };

let running: Telemetry | undefined;

/**
 * Sets recording up with one call: configuration, provider, delivery to the collector with a disk spool, and the end of
 * the process. A second call while running changes nothing.
 * @throws TraceloreError when the configuration is not valid or no OpenTelemetry SDK is installed
 */
export function start(options: StartOptions = {}): Telemetry {
  if (running !== undefined) {
    recordFault('started_twice', 'start() was called while already running: the first call stays in force');
    return running;
  }
  const config = configure(options);
  if (config.disabled) return OFF;
  const delivery = new SpanDelivery(config, detectResource(config, process.env));
  const processor = createSpanProcessor(
    delivery,
    () => true,
    () => {},
  );
  if (options.register === true && !isProviderRegistered()) {
    startNodeSdk(processor, options.instrumentations ?? []);
  } else {
    if (options.register === true) {
      recordFault('register', 'start({ register: true }): OpenTelemetry is set up already and is left alone');
    }
    usePrivateProvider(createPrivateProvider(processor));
  }
  const stopGuarding = guard(delivery, () => {
    running = undefined;
    usePrivateProvider(undefined);
  });
  running = {
    flush: (deadlineMs = FLUSH_DEADLINE_DEFAULT_MS) => delivery.flush(deadlineMs),
    shutdown: (deadlineMs = FLUSH_DEADLINE_DEFAULT_MS) => stopGuarding.shutdown(deadlineMs),
  };
  return running;
}

export interface SpanProcessorOptions extends TraceloreOptions {
  /** Which finished spans are delivered. Default: those inside runs and those that speak of models and tools. */
  readonly filter?: SpanFilter;
}

/**
 * For an application that owns its OpenTelemetry: a span processor to put into its provider (2.x or 3.x). Delivers the
 * spans of its agents to Tracelore and marks spans of other instrumentation with the run they were made in.
 * @throws TraceloreError when the configuration is not valid
 */
export function traceloreSpanProcessor(options: SpanProcessorOptions = {}): RunSpanProcessor {
  const config = configure(options);
  if (config.disabled) {
    return { onStart: () => {}, onEnd: () => {}, forceFlush: async () => {}, shutdown: async () => {} };
  }
  const delivery = new SpanDelivery(config);
  const guarding = guard(delivery, () => {});
  return createSpanProcessor(delivery, options.filter ?? isAgentSpan, () => guarding.release());
}

/** Connects a delivery with `flush()`, `shutdown()` and the end of the process. */
function guard(delivery: SpanDelivery, onShutdown: () => void): Delivery & { release(): void } {
  const release = (): void => {
    removeDelivery(guarded);
    releaseAtExit(delivery);
    onShutdown();
  };
  const guarded = {
    flush: (deadlineMs: number) => delivery.flush(deadlineMs),
    shutdown: async (deadlineMs: number) => {
      endOpenSpans();
      const result = await delivery.shutdown(deadlineMs);
      release();
      return result;
    },
    release,
  };
  addDelivery(guarded);
  protectAtExit(delivery);
  return guarded;
}

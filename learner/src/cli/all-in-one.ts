import path from 'node:path';
import { createCollector, CollectorError, createImporter } from '@tracelore/collector';
import { openTenancy, StoreError } from '@tracelore/collector/store';
import { readConfigFile } from '../config-file.ts';
import { modelConfigured, resolveConfig, type Config, type ConfigSource } from '../config.ts';
import { refuseExposed } from '../exposure.ts';
import { createLearner } from '../learner.ts';
import { apiCertificate, reloadOnHangup } from './certificates.ts';
import { CliError } from './cli-error.ts';
import { collectorSettings } from './collector-settings.ts';
import { openConfiguredStore } from './configured-store.ts';
import { lowerEnginePriority } from './engine-priority.ts';
import { openObservatory } from './open-observatory.ts';
import { startRetention } from './retention-job.ts';
import { startWordIndex } from './word-index-job.ts';

/** Time that everything together may take to finish at the end, ms. */
const SHUTDOWN_MS = 15_000;
/** A run is recomputed this long after its last span, ms: on one machine spans come at once, and people look at once. */
const RUN_QUIET_MS = 2_000;

/**
 * Runs collector, learner and API on one store until SIGTERM or SIGINT, then finishes what was accepted and returns. A
 * second signal ends the process at once.
 */
export async function runAllInOne(options: {
  readonly settings: ConfigSource;
  readonly isJson: boolean;
}): Promise<void> {
  const file = await readConfigFile(process.cwd());
  const config = resolveConfig({ arguments: options.settings, environment: process.env, file });
  const signalled = firstSignal();
  const closers: (() => Promise<void>)[] = [];
  try {
    const priority = lowerEnginePriority();
    closers.push(async () => priority.stop());
    const store = await openConfiguredStore(config);
    closers.push(() => store.close(SHUTDOWN_MS));
    const observe = openObservatory(config, store, process.env);
    closers.push(() => observe.shutdown());
    const settings = collectorSettings(config);
    const tenancy = await openTenancy({ store, apiKeys: settings.apiKeys ?? [], report });
    closers.push(() => tenancy.close());
    refuseExposed(config.host, tenancy.ring);
    const collector = createCollector({
      store,
      ...settings,
      keys: tenancy.ring,
      meter: observe.meter,
      runQuietMs: RUN_QUIET_MS,
    });
    closers.push(() => collector.shutdown(SHUTDOWN_MS));
    const certificate = apiCertificate(config, report);
    closers.push(async () => certificate?.stop());
    reloadOnHangup(certificate, collector);
    const learner = await createLearner({
      store,
      config,
      collector,
      tenancy,
      ...(certificate && { certificate }),
      observe,
      checks: () => collector.checks(),
      importer: createImporter({ store, redaction: config.redaction, now: Date.now }),
    });
    closers.push(() => learner.shutdown(SHUTDOWN_MS));
    const retention = startRetention({ store, config, audit: tenancy.audit, report });
    closers.push(() => retention.stop());
    const wordIndex = await startWordIndex(store, config, report);
    closers.push(() => wordIndex.stop());
    await collector.start();
    const { url: otlp, grpc } = collector.address;
    const addresses = { otlp, ...(grpc && { grpc: grpc.url }), api: await learner.start() };
    priority.look();
    process.stdout.write(options.isJson ? readyLine(addresses) : greeting(addresses, config));
    const signal = await signalled;
    if (!options.isJson) process.stderr.write(`${signal}: finishing what was accepted …\n`);
  } catch (error) {
    throw explained(error);
  } finally {
    // Last opened, first closed: the learner writes through the collector, and both into the store.
    for (const close of closers.toReversed()) await close().catch(tellFailedEnd);
  }
}

function report(text: string): void {
  process.stderr.write(`tracelore: ${text}\n`);
}

interface Addresses {
  readonly api: string;
  readonly otlp: string;
  readonly grpc?: string;
}

/** One part that cannot end well must not keep the others from ending. */
function tellFailedEnd(error: unknown): void {
  process.exitCode = 1;
  process.stderr.write(
    `tracelore: while ending: ${error instanceof Error ? error.message : String(error)}\n`,
  );
}

function readyLine(addresses: Addresses): string {
  return `${JSON.stringify({ ready: true, ...addresses, pid: process.pid })}\n`;
}

function greeting({ api, otlp, grpc }: Addresses, config: Config): string {
  const data =
    config.clickhouseUrl === '' ? `embedded in ${path.resolve(config.data)}` : 'on a ClickHouse server';
  const model = modelConfigured(config)
    ? config.model
    : 'none: set OPENAI_API_KEY or OPENAI_BASE_URL, so that it can learn';
  return [
    'Tracelore is up.',
    `  traces in   ${otlp}   OTLP over HTTP (OTEL_EXPORTER_OTLP_ENDPOINT)`,
    ...(grpc === undefined ? [] : [`              ${grpc}   OTLP over gRPC`]),
    `  knowledge   ${api}   API (TRACELORE_API_URL), GET /openapi.json`,
    `  data        ${data}`,
    `  model       ${model}`,
    `Next: wrap your agent with trace() of @tracelore/sdk, then "tracelore status". Ctrl-C ends it.`,
    '',
  ].join('\n');
}

/** What the person can act on, without a stack. */
function explained(error: unknown): unknown {
  if (StoreError.isInstance(error) || CollectorError.isInstance(error)) {
    return new CliError(error.message, { cause: error });
  }
  return error;
}

function firstSignal(): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let isFirst = true;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (!isFirst) process.exit(1);
      isFirst = false;
      resolve(signal);
    });
  }
  return promise;
}

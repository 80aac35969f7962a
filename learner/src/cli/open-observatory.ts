import { createObservatory, observeProcess, observeStore, type Observatory } from '@tracelore/collector';
import type { Store } from '@tracelore/collector/store';
import type { Config } from '../config.ts';
import { VERSION } from '../version.ts';
import { CliError } from './cli-error.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Metrics of the whole process. @throws CliError when they are to be sent, but nowhere or to this service itself */
export function openObservatory(
  config: Pick<Config, 'metricsPush' | 'host' | 'otlpPort'>,
  store: Store,
  environment: Environment,
): Observatory {
  if (config.metricsPush) checkTarget(config, environment);
  const observatory = createObservatory({
    serviceName: 'tracelore',
    serviceVersion: VERSION,
    push: config.metricsPush,
  });
  const stop = observeProcess(observatory.meter);
  observeStore(observatory.meter, store);
  return {
    ...observatory,
    shutdown: async () => {
      // Whoever does not take the last figures must not make the end a failure.
      await observatory.shutdown().catch(() => undefined);
      stop();
    },
  };
}

const VARIABLES = ['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const;

/** The general variable tells agents where Tracelore is: in the same shell it would make the service send to itself. */
export function checkTarget(
  { host, otlpPort }: Pick<Config, 'host' | 'otlpPort'>,
  environment: Environment,
): void {
  const name = VARIABLES.find((candidate) => (environment[candidate] ?? '') !== '');
  if (name === undefined)
    throw new CliError(`TRACELORE_METRICS_PUSH is on: set ${VARIABLES.join(' or ')} to where metrics go.`);
  const target = URL.parse(environment[name] ?? '');
  if (target === null)
    throw new CliError(
      `${name} is ${JSON.stringify(environment[name])}: expected a URL such as http://127.0.0.1:4318.`,
    );
  const isSelf =
    Number(target.port) === otlpPort && [host, 'localhost', '127.0.0.1', '[::1]'].includes(target.hostname);
  if (isSelf)
    throw new CliError(
      `${name} is this service itself (${target.host}), which does not store metrics: set ${VARIABLES[0]} to another receiver, or TRACELORE_METRICS_PUSH=false.`,
    );
}

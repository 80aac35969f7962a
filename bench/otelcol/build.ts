import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The newest version in which the Collector and its contributed ClickHouse exporter were both released. */
export const COLLECTOR_VERSION = '0.161.0';
const BUILD_TIMEOUT_MS = 1_200_000;

/** OTLP in, batches, ClickHouse out: nothing else is compiled in. */
function manifest(directory: string): string {
  const core = 'go.opentelemetry.io/collector';
  return `dist:
  module: tracelore.example/otelcol
  name: otelcol
  description: the OpenTelemetry Collector with the ClickHouse exporter
  output_path: ${directory}
  version: ${COLLECTOR_VERSION}
receivers:
  - gomod: ${core}/receiver/otlpreceiver v${COLLECTOR_VERSION}
processors:
  - gomod: ${core}/processor/batchprocessor v${COLLECTOR_VERSION}
exporters:
  - gomod: github.com/open-telemetry/opentelemetry-collector-contrib/exporter/clickhouseexporter v${COLLECTOR_VERSION}
`;
}

/**
 * The Collector's executable, built once per directory with the Go on this machine.
 * @throws Error that says what is missing: Go, or its modules.
 */
export function buildCollector(directory: string): string {
  const binary = path.join(directory, 'otelcol');
  if (existsSync(binary)) return binary;
  mkdirSync(directory, { recursive: true });
  const manifestFile = path.join(directory, 'manifest.yaml');
  writeFileSync(manifestFile, manifest(directory));
  console.log(
    `Building the OpenTelemetry Collector ${COLLECTOR_VERSION} in ${directory} (some minutes, once).`,
  );
  run('go', ['version'], directory);
  run('go', ['install', `go.opentelemetry.io/collector/cmd/builder@v${COLLECTOR_VERSION}`], directory);
  run(path.join(directory, 'builder'), ['--config', manifestFile], directory);
  return binary;
}

function run(command: string, args: readonly string[], directory: string): void {
  const { error, status, stderr } = spawnSync(command, args, {
    cwd: directory,
    env: { ...process.env, GOBIN: directory, GOFLAGS: '-buildvcs=false' },
    encoding: 'utf8',
    timeout: BUILD_TIMEOUT_MS,
  });
  if (error === undefined && status === 0) return;
  const why =
    error === undefined ? `it ended with ${String(status)}: ${stderr.trim().slice(-1_000)}` : error.message;
  throw new Error(
    `the OpenTelemetry Collector cannot be built: ${command} ${args.join(' ')}: ${why}\n` +
      'This benchmark needs Go 1.26 or newer and its module proxy; a Collector built elsewhere can be given with --binary.',
  );
}

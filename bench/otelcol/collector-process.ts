import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';

const LOG_LINE_SHOWN_MAX = 600;
const INSERT_TIMEOUT = '120s';
const READY = 'Everything is ready';

export interface RunningCollector {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts the Collector: OTLP/HTTP → batch processor → ClickHouse exporter, with their defaults but for the timeout. Resolves when it is ready. */
export async function startCollector(
  binary: string,
  directory: string,
  clickhouseUrl: string,
  database: string,
): Promise<RunningCollector> {
  const port = await freePort();
  const pipeline = { receivers: ['otlp'], processors: ['batch'], exporters: ['clickhouse'] };
  const config = {
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
    processors: { batch: {} },
    // On the loopback neither side pays for compression; a busy machine must not make it send batches twice (default 5 s).
    exporters: {
      clickhouse: { endpoint: clickhouseUrl, database, compress: 'none', timeout: INSERT_TIMEOUT },
    },
    service: {
      pipelines: { traces: pipeline, logs: pipeline },
      telemetry: { metrics: { level: 'none' }, logs: { encoding: 'json' } },
    },
  };
  const file = path.join(directory, 'collector.yaml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(config, undefined, 2));
  const child = spawn(binary, ['--config', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  await ready(child);
  if (child.pid === undefined) throw new Error('the Collector has no process id');
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid,
    stop: async () => {
      if (child.exitCode !== null) return;
      const ended = new Promise((resolve) => {
        child.once('exit', resolve);
      });
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function ready(child: ChildProcess): Promise<void> {
  if (child.stderr === null) throw new Error('the Collector has no log');
  const log: string[] = [];
  const lines = createInterface({ input: child.stderr });
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      if (line.includes(READY)) resolve();
      // Errors after the start are dropped data: they must be seen.
      else if (/"level":"(error|warn)"/.test(line)) console.error(line.slice(0, LOG_LINE_SHOWN_MAX));
      if (log.length < 50) log.push(line);
    });
    child.once('exit', (code) =>
      reject(new Error(`the Collector ended with ${String(code)}:\n${log.join('\n')}`)),
    );
    child.once('error', reject);
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

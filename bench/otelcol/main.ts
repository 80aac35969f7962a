import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { inDirectory, nextMessage, nextNumbers, startProgram, usageOf } from '../child-process.ts';
import { perCpuSecond } from '../ingest/ingest.ts';
import { ITEMS, loadCollector, startLoad, type Loaded } from '../ingest/load-collector.ts';
import { SPANS_PER_REQUEST, type LoadShape } from '../ingest/payload.ts';
import { printTable } from '../sample.ts';
import { buildCollector, COLLECTOR_VERSION } from './build.ts';
import { startCollector } from './collector-process.ts';

/**
 * `npm run bench:otelcol -- [--dir <folder for the build>] [--binary <a Collector with otlp, batch, clickhouse>]`: the load of
 * `npm run bench` through the OpenTelemetry Collector and its ClickHouse exporter, onto the same engine, beside ours.
 */
const { values } = parseArgs({
  options: {
    dir: { type: 'string', default: path.join(tmpdir(), `tracelore-otelcol-${COLLECTOR_VERSION}`) },
    binary: { type: 'string' },
    rounds: { type: 'string', default: '2' },
  },
});
const SHAPES: readonly LoadShape[] = ['genai', 'prose', 'small', 'log'];
const DATABASE = 'otel';

const binary = values.binary ?? buildCollector(values.dir);
console.log(
  `${ITEMS} spans or log records by OTLP/HTTP protobuf, ${SPANS_PER_REQUEST} per request. µs of CPU per item, merges included.\n` +
    `Collector ${COLLECTOR_VERSION}: otlp → batch → clickhouse with their defaults but uncompressed and patient, and its engine in a process of its own;\n` +
    'of that, the script that stands in for a ClickHouse server is shown apart and left out of the ratio (rates without it).',
);
const rows: (string | number)[][] = [];
for (const shape of SHAPES) {
  const ours: Loaded[] = [];
  const unredacted: Loaded[] = [];
  const theirs: Through[] = [];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    theirs.push(await inDirectory((directory) => throughCollector(directory, shape)));
    ours.push(await loadCollector({ shape }));
    unredacted.push(await loadCollector({ shape, redaction: false }));
  }
  const [them, us, like] = [leastOf(theirs), leastOf(ours), leastOf(unredacted)];
  rows.push([
    `${shape} (${Math.round(us.bytesPerItem)} B)`,
    perItem(them.collectorMs),
    perItem(them.engineMs),
    perItem(them.scriptMs),
    perItem(us.cpuMs),
    perItem(like.cpuMs),
    perCpuSecond(them),
    perCpuSecond(us),
    (them.cpuMs / us.cpuMs).toFixed(2),
    (them.cpuMs / like.cpuMs).toFixed(2),
    them.inserts,
    `${Math.round(them.bytesOnDisk / ITEMS)}/${Math.round(us.bytesOnDisk / ITEMS)}`,
    `${mebibytes(them.rssBytes)}/${mebibytes(us.rssBytes)}`,
  ]);
}
printTable(
  [
    'load',
    'Collector',
    'engine',
    '(script)',
    'ours',
    'unredacted',
    'theirs/CPU-s',
    'ours/CPU-s',
    'ratio',
    'unredacted',
    'inserts',
    'B on disk',
    'RSS MiB',
  ],
  rows,
);
console.log(
  `The least of ${values.rounds} rounds that take turns; load ${loadavg()[0]?.toFixed(1)}. The Collector redacts nothing and answers before it ` +
    'has stored.\nIts RSS is without the engine, ours with it.',
);

function leastOf<Measured extends { readonly cpuMs: number }>(of: readonly Measured[]): Measured {
  return of.reduce((least, one) => (one.cpuMs < least.cpuMs ? one : least));
}

interface Through {
  readonly collectorMs: number;
  /** Without the script in front of it. */
  readonly engineMs: number;
  readonly scriptMs: number;
  /** Collector and engine. */
  readonly cpuMs: number;
  readonly bytesOnDisk: number;
  readonly inserts: number;
  readonly rssBytes: number;
}

async function throughCollector(directory: string, shape: LoadShape): Promise<Through> {
  const front = startProgram(new URL('./front.ts', import.meta.url), [directory, DATABASE]);
  const { url } = await nextMessage(front, ['url']);
  const collector = await startCollector(binary, directory, String(url), DATABASE);
  try {
    const load = startLoad(collector.url, { shape });
    await nextMessage(load, ['bytesPerItem']);
    const before = usageOf(collector.pid);
    front.send('begin');
    const all = storedAll(front);
    load.send('go');
    await Promise.all([nextMessage(load, ['elapsedMs']), all]);
    const after = usageOf(collector.pid);
    front.removeAllListeners('message');
    front.send('end');
    const used = await nextNumbers(front, ['cpuMs', 'scriptMs', 'stored', 'bytesOnDisk', 'inserts']);
    await once(front, 'exit');
    if (used.stored !== ITEMS) throw new Error(`sent ${ITEMS}, the Collector stored ${used.stored}`);
    const collectorMs = after.cpuMs - before.cpuMs;
    const engineMs = used.cpuMs - used.scriptMs;
    const rssBytes = after.peakRssBytes;
    return { ...used, collectorMs, engineMs, cpuMs: collectorMs + engineMs, rssBytes };
  } finally {
    front.kill();
    await collector.stop();
  }
}

/** Resolves when the engine has taken as many rows as were sent. */
async function storedAll(front: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    front.on('message', (message) => {
      if (typeof message === 'object' && 'rows' in message && Number(message.rows) >= ITEMS) resolve();
    });
    front.once('exit', () =>
      reject(new Error('the engine of the Collector ended before everything was stored')),
    );
  });
}

function perItem(ms: number): string {
  return ((ms * 1_000) / ITEMS).toFixed(1);
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 1_048_576);
}

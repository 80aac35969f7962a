import { loadavg } from 'node:os';
import { inDirectory, nextNumbers, startProgram, usageOf } from '../child-process.ts';
import { startService } from '../faults/service.ts';
import { printTable } from '../sample.ts';
import { fillKnowledge } from './fill-knowledge.ts';
import path from 'node:path';

const MIB = 1_048_576;
const INGEST_SPANS_PER_SECOND = 250;

/** How many rules, how many questions per second, and how long 99 of 100 answers may take, ms. */
interface Load {
  readonly rules: number;
  readonly rate: number;
  readonly targetMs?: number;
}

const LOADS: readonly Load[] = [
  { rules: 100_000, rate: 100, targetMs: 15 },
  { rules: 10_000, rate: 300, targetMs: 5 },
  { rules: 1_000, rate: 1_000 },
];
const FIELDS = [
  'asked',
  'withRules',
  'P50',
  'P99',
  'Max',
  'searchP50',
  'searchP99',
  'embedP50',
  'embedP99',
] as const;

/**
 * `get_knowledge` over HTTP from a real service with the built-in embedder, asked by another process at a steady rate; then
 * again while spans come in at the same service.
 */
export async function runSpeed(seconds: number): Promise<void> {
  console.log(
    `get_knowledge over HTTP, ${seconds} s each, ms counted from when each question was due; search and embedding as the service tells them.\n`,
  );
  const rows: string[][] = [];
  for (const load of LOADS) {
    await inDirectory(async (directory) => {
      await fillKnowledge(path.join(directory, 'data'), load.rules);
      const beganAt = performance.now();
      const service = await startService(directory);
      const startMs = performance.now() - beganAt;
      try {
        for (const ingest of [false, true]) {
          rows.push(await measure({ ...load, ingest, seconds, service, startMs }));
          console.log(`done: ${rows.at(-1)?.join('  ') ?? ''}`);
        }
      } finally {
        await service.end('SIGTERM');
      }
    });
  }
  console.log();
  printTable(
    [
      'rules',
      '/s',
      'spans/s',
      'p50',
      'p99',
      'max',
      'target',
      'search p50',
      'p99',
      'embed p50',
      'p99',
      'CPU %',
      'RSS MiB',
      'start s',
    ],
    rows,
  );
  console.log(`Load ${loadavg()[0]?.toFixed(1) ?? ''}.`);
}

async function measure(
  options: Load & {
    readonly ingest: boolean;
    readonly seconds: number;
    readonly service: Awaited<ReturnType<typeof startService>>;
    readonly startMs: number;
  },
): Promise<string[]> {
  const { rules, rate, targetMs, ingest, seconds, service, startMs } = options;
  const sender = ingest
    ? startProgram(
        new URL('../soak/sender.ts', import.meta.url),
        [service.otlp, INGEST_SPANS_PER_SECOND, seconds + 5].map(String),
      )
    : undefined;
  const sent = sender && nextNumbers(sender, ['sent', 'refused']);
  const asker = startProgram(
    new URL('./asker.ts', import.meta.url),
    [service.api, rate, seconds, ingest ? rate * seconds : 0].map(String),
  );
  const before = usageOf(service.pid);
  const beganAt = performance.now();
  const got = await nextNumbers(asker, FIELDS);
  const elapsedMs = performance.now() - beganAt;
  const after = usageOf(service.pid);
  await sent;
  if (got.withRules < got.asked * 0.5)
    throw new Error(`only ${got.withRules} of ${got.asked} answers held rules: this measures nothing`);
  return [
    String(rules),
    String(rate),
    ingest ? String(INGEST_SPANS_PER_SECOND) : '0',
    ...[got.P50, got.P99, got.Max].map((ms) => ms.toFixed(2)),
    targetMs === undefined ? '' : `${targetMs}`,
    ...[got.searchP50, got.searchP99, got.embedP50, got.embedP99].map((ms) => ms.toFixed(2)),
    (((after.cpuMs - before.cpuMs) / elapsedMs) * 100).toFixed(0),
    String(Math.round(after.peakRssBytes / MIB)),
    (startMs / 1_000).toFixed(1),
  ];
}

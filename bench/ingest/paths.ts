import { loadavg } from 'node:os';
import { minimum, printTable } from '../sample.ts';
import { perCpuSecond } from './ingest.ts';
import { ITEMS, loadCollector, type Load, type Loaded } from './load-collector.ts';

const LOADS: readonly Load[] = [
  { shape: 'genai' },
  { shape: 'genai', redaction: false },
  { shape: 'genai', gzip: true },
  { shape: 'genai', json: true },
  { shape: 'genai', sender: 'grpc' },
  { shape: 'genai', sender: 'exporter' },
  { shape: 'genai', sender: 'exporter', gzip: true },
  { shape: 'prose' },
  { shape: 'prose', redaction: false },
  { shape: 'small' },
  { shape: 'small', redaction: false },
  { shape: 'small', json: true },
  { shape: 'small', sender: 'grpc' },
  { shape: 'small', sender: 'exporter' },
  { shape: 'log' },
  { shape: 'log', redaction: false },
  { shape: 'log', json: true },
];

/** The same load by every way in: encodings, compression, gRPC, OpenTelemetry's own SDK, logs; the price of redaction. */
export async function runPaths(rounds: number): Promise<void> {
  const results = new Map<Load, Loaded[]>(LOADS.map((load) => [load, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const [load, of] of results) of.push(await loadCollector(load));
  console.log(
    `${ITEMS} spans or log records by every way in; the collector's CPU, the least of ${rounds} rounds that take turns.`,
  );
  printTable(
    ['load', 'B on the wire', 'items/s', 'items/CPU-s', 'µs per item', 'RSS MiB'],
    [...results].map(([load, of]) => {
      const cpuMs = minimum(of.map((loaded) => loaded.cpuMs));
      const best = of.find((loaded) => loaded.cpuMs === cpuMs);
      if (best === undefined) throw new Error('nothing was measured');
      return [
        nameOf(load),
        Math.round(best.bytesPerItem),
        Math.round(ITEMS / (best.elapsedMs / 1_000)),
        perCpuSecond(best),
        ((cpuMs * 1_000) / ITEMS).toFixed(1),
        Math.round(best.rssBytes / 1_048_576),
      ];
    }),
  );
  console.log(`Load ${loadavg()[0]?.toFixed(1)}.`);
}

function nameOf({ shape, sender, json, gzip, redaction }: Load): string {
  const how =
    sender === 'grpc'
      ? 'gRPC'
      : sender === 'exporter'
        ? 'OpenTelemetry SDK'
        : json === true
          ? 'JSON'
          : 'protobuf';
  return [
    shape,
    how,
    ...(gzip === true ? ['gzip'] : []),
    ...(redaction === false ? ['not redacted'] : []),
  ].join(', ');
}

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { printTable } from '../sample.ts';
import { SPANS_PER_REQUEST, type SpanShape } from './payload.ts';

const REQUESTS = 80;
const CONNECTIONS = 24;
const SHAPES: readonly SpanShape[] = ['genai', 'small'];

/** Spans per second and per CPU-second from an HTTP request to committed, queryable rows, beside the stock client's object inserts. */
export async function runIngest(): Promise<void> {
  const rows: (string | number)[][] = [];
  for (const shape of SHAPES) {
    const ours = await inDirectory((directory) => loadCollector(directory, shape));
    const stock = await inDirectory((directory) => stockClient(directory, shape));
    const spans = REQUESTS * SPANS_PER_REQUEST;
    if (ours.stored !== spans) throw new Error(`sent ${spans} spans, stored ${ours.stored}`);
    const perCpu = spans / (ours.cpuMs / 1_000);
    const stockPerCpu = spans / (stock.cpuMs / 1_000);
    rows.push([
      `${shape} (${Math.round(ours.bytesPerSpan)} B)`,
      Math.round(spans / (ours.elapsedMs / 1_000)),
      Math.round(perCpu),
      Math.round(stockPerCpu),
      (perCpu / stockPerCpu).toFixed(2),
      Math.round(ours.bytes / spans),
      Math.round(ours.rssBytes / 1_048_576),
    ]);
  }
  console.log(
    `Ingest of ${REQUESTS * SPANS_PER_REQUEST} spans by OTLP/HTTP protobuf, one collector process with the embedded engine.\n` +
      'CPU counts receiving, decoding, redacting, normalising, committing and merging, with content in columns of its own.\n' +
      "The stock client inserts ready objects, 5,120 rows at a time, into the exporter's tables; its merges count too.",
  );
  printTable(
    ['span', 'spans/s', 'spans/CPU-s', 'stock spans/CPU-s', 'ratio', 'B/span on disk', 'RSS MiB'],
    rows,
  );
}

interface Loaded {
  readonly elapsedMs: number;
  readonly bytesPerSpan: number;
  readonly cpuMs: number;
  readonly stored: number;
  readonly bytes: number;
  readonly rssBytes: number;
}

async function loadCollector(directory: string, shape: SpanShape): Promise<Loaded> {
  const collector = start('./collector.ts', [directory]);
  const { url } = await nextMessage(collector, ['url']);
  const load = start('./load.ts', [String(url), shape, String(REQUESTS), String(CONNECTIONS)]);
  const { bytesPerSpan } = await nextMessage(load, ['bytesPerSpan']);
  collector.send('begin');
  load.send('go');
  const { elapsedMs } = await nextMessage(load, ['elapsedMs']);
  collector.send('end');
  const { cpuMs, stored, bytes, rssBytes } = await nextMessage(collector, [
    'cpuMs',
    'stored',
    'bytes',
    'rssBytes',
  ]);
  await once(collector, 'exit');
  return {
    elapsedMs: Number(elapsedMs),
    bytesPerSpan: Number(bytesPerSpan),
    cpuMs: Number(cpuMs),
    stored: Number(stored),
    bytes: Number(bytes),
    rssBytes: Number(rssBytes),
  };
}

async function stockClient(
  directory: string,
  shape: SpanShape,
): Promise<{ readonly elapsedMs: number; readonly cpuMs: number }> {
  const client = start('./stock-client.ts', [directory, shape, String(REQUESTS)]);
  const { elapsedMs, cpuMs } = await nextMessage(client, ['elapsedMs', 'cpuMs']);
  await once(client, 'exit');
  return { elapsedMs: Number(elapsedMs), cpuMs: Number(cpuMs) };
}

async function inDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(path.join(tmpdir(), 'tracelore-bench-'));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function start(file: string, args: readonly string[]): ChildProcess {
  return fork(new URL(file, import.meta.url), args, {
    env: { ...process.env, UV_THREADPOOL_SIZE: '16', TZ: 'UTC' },
  });
}

/** The next message of a child, which must carry these fields; an exit before it is an error. */
async function nextMessage<Key extends string>(
  child: ChildProcess,
  fields: readonly Key[],
): Promise<Record<Key, unknown>> {
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`a benchmark process ended with code ${String(code)} before it answered`);
  });
  const [message]: unknown[] = await Promise.race([once(child, 'message'), exited]);
  exited.catch(() => {});
  if (typeof message !== 'object' || message === null) throw new Error(`expected ${fields.join(', ')}`);
  const entries = Object.entries(message);
  return Object.fromEntries(
    fields.map((field) => [field, entries.find(([key]) => key === field)?.[1]]),
  ) as Record<Key, unknown>;
}

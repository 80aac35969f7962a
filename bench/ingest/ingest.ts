import { loadavg } from 'node:os';
import { inDirectory, nextNumbers, withProgram } from '../child-process.ts';
import { median, printTable } from '../sample.ts';
import {
  ITEMS,
  ITEMS_STORED,
  loadCollector,
  REQUESTS,
  WARM_UP_REQUESTS,
  type Loaded,
} from './load-collector.ts';
import type { SpanShape } from './payload.ts';

const SHAPES: readonly SpanShape[] = ['genai', 'prose', 'small'];

/** One after the other, so that a slow minute of the machine meets all three. */
interface Round {
  readonly ours: Loaded;
  readonly unredacted: Loaded;
  readonly stock: StockUsage;
}

/**
 * Spans per second and per CPU-second from an HTTP request to committed, queryable rows, beside the stock client's object
 * inserts. Medians of the rounds; of the ratio also the lowest and the highest.
 */
export async function runIngest(rounds: number): Promise<void> {
  const rows: (string | number)[][] = [];
  for (const shape of SHAPES) {
    const all: Round[] = [];
    for (let round = 0; round < rounds; round += 1) all.push(await runRound(shape));
    const of = (value: (round: Round) => number): number => Math.round(median(all.map(value)));
    const ratios = all.map(({ ours, stock }) => stock.cpuMs / ours.cpuMs);
    rows.push([
      `${shape} (${of(({ ours }) => ours.bytesPerItem)} B)`,
      of(({ ours }) => ITEMS / (ours.elapsedMs / 1_000)),
      of(({ ours }) => perCpuSecond(ours)),
      of(({ unredacted }) => perCpuSecond(unredacted)),
      of(({ stock }) => perCpuSecond(stock)),
      of(({ stock }) => perCpuSecond({ cpuMs: stock.cpuMs - stock.decodeMs })),
      `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`,
      of(({ ours }) => ours.bytesOnDisk / ITEMS_STORED),
      of(({ ours }) => ours.rssBytes / 1_048_576),
    ]);
  }
  console.log(
    `Ingest of ${ITEMS} spans by OTLP/HTTP protobuf, one collector process with the embedded engine.\n` +
      'Measured after a warm-up, on both sides. CPU counts receiving, decoding, redacting, normalising, committing and merging, with content in columns of its own.\n' +
      "The stock client makes objects of OTLP/JSON and inserts them, 5,120 rows at a time, into the exporter's tables, merges included;\n" +
      'beside it what ready objects cost alone.',
  );
  printTable(
    [
      'span',
      'spans/s',
      'spans/CPU-s',
      'unredacted',
      'stock spans/CPU-s',
      'from objects',
      'ratio',
      'B/span on disk',
      'RSS MiB',
    ],
    rows,
  );
  console.log(`Load ${loadavg()[0]?.toFixed(1)}.`);
}

export function perCpuSecond({ cpuMs }: Pick<Loaded, 'cpuMs'>): number {
  return Math.round(ITEMS / (cpuMs / 1_000));
}

async function runRound(shape: SpanShape): Promise<Round> {
  const ours = await loadCollector({ shape });
  const stock = await inDirectory((directory) => stockClient(directory, shape));
  return { ours, stock, unredacted: await loadCollector({ shape, redaction: false }) };
}

interface StockUsage {
  readonly elapsedMs: number;
  readonly cpuMs: number;
  /** Of it making objects from OTLP/JSON. */
  readonly decodeMs: number;
}

async function stockClient(directory: string, shape: SpanShape): Promise<StockUsage> {
  const args = [directory, shape, String(REQUESTS), String(WARM_UP_REQUESTS)];
  return await withProgram(new URL('./stock-client.ts', import.meta.url), args, async (client) => {
    const used = await nextNumbers(client, ['elapsedMs', 'cpuMs', 'decodeMs', 'stored']);
    if (used.stored !== ITEMS_STORED)
      throw new Error(`the stock client stored ${used.stored} of ${ITEMS_STORED} spans`);
    return used;
  });
}

import type { ChildProcess } from 'node:child_process';
import {
  HEAP_FLAGS,
  inDirectory,
  nextMessage,
  nextNumbers,
  startProgram,
  withProgram,
} from '../child-process.ts';
import { SPANS_PER_REQUEST, type LoadShape } from './payload.ts';

/** Requests of one load, over all its generators. */
export const REQUESTS = 240;
export const ITEMS: number = REQUESTS * SPANS_PER_REQUEST;
/** Requests before the measurement, on both sides: what a process costs while its code is being compiled is no rate. */
export const WARM_UP_REQUESTS = 80;
/** Of both, as they must be stored. */
export const ITEMS_STORED: number = ITEMS + WARM_UP_REQUESTS * SPANS_PER_REQUEST;
const CONNECTIONS = 24;

/** How a load is sent, and to a collector with which settings. Defaults: the raw generator, OTLP/HTTP protobuf, plain. */
export interface Load {
  readonly shape: LoadShape;
  readonly sender?: 'generator' | 'exporter' | 'grpc';
  readonly json?: boolean;
  readonly gzip?: boolean;
  /** Default true, as in the product. */
  readonly redaction?: boolean;
}

/** What a load has cost the collector, its merges included. */
export interface Loaded {
  readonly elapsedMs: number;
  /** On the wire. */
  readonly bytesPerItem: number;
  readonly cpuMs: number;
  readonly bytesOnDisk: number;
  /** The most it had, the engine's included. */
  readonly rssBytes: number;
}

const PROGRAMS = {
  generator: './load.ts',
  exporter: './load-exporter.ts',
  grpc: './load-grpc.ts',
} as const;

/**
 * Sends a load to a collector process of its own, with the embedded engine in a new directory.
 * @throws Error when it has not stored exactly what was sent.
 */
export async function loadCollector(load: Load): Promise<Loaded> {
  const redaction = load.redaction === false ? ['--no-redaction'] : [];
  const program = new URL('./collector.ts', import.meta.url);
  const through = async (collector: ChildProcess): Promise<Loaded> => {
    const { url, grpc } = await nextMessage(collector, ['url', 'grpc']);
    const target = String(load.sender === 'grpc' ? grpc : url);
    const begin = (): void => void collector.send('begin');
    await send(startLoad(target, load, { first: 0, requests: WARM_UP_REQUESTS }));
    const measured = startLoad(target, load, { first: WARM_UP_REQUESTS, requests: REQUESTS });
    const { bytesPerItem, elapsedMs } = await send(measured, begin);
    collector.send('end');
    const used = await nextNumbers(collector, ['cpuMs', 'stored', 'bytesOnDisk', 'rssBytes']);
    if (used.stored !== ITEMS_STORED)
      throw new Error(`sent ${ITEMS_STORED} spans or log records, stored ${used.stored}`);
    return { elapsedMs, bytesPerItem, ...used };
  };
  return await inDirectory(
    async (directory) => await withProgram(program, [directory, ...redaction], through, HEAP_FLAGS),
  );
}

/** Which requests of a load are sent. */
export interface Range {
  readonly first: number;
  readonly requests: number;
}

const WHOLE: Range = { first: 0, requests: REQUESTS };

/** Lets a sender send, once it is ready and `begin` was called. */
async function send(
  sender: ChildProcess,
  begin: () => void = () => {},
): Promise<Pick<Loaded, 'bytesPerItem' | 'elapsedMs'>> {
  const { bytesPerItem } = await nextNumbers(sender, ['bytesPerItem']);
  begin();
  sender.send('go');
  return { bytesPerItem, ...(await nextNumbers(sender, ['elapsedMs'])) };
}

/** A sender that is ready when its first message comes, and sends when told to. */
export function startLoad(url: string, load: Load, { first, requests }: Range = WHOLE): ChildProcess {
  return startProgram(new URL(PROGRAMS[load.sender ?? 'generator'], import.meta.url), [
    `--url=${url}`,
    `--shape=${load.shape}`,
    `--requests=${requests}`,
    `--first=${first}`,
    `--connections=${CONNECTIONS}`,
    ...(load.json === true ? ['--json'] : []),
    ...(load.gzip === true ? ['--gzip'] : []),
  ]);
}

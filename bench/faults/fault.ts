import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { killOwned, owned } from './children.ts';
import type { Ledger } from './ledger.ts';
import { readLive, type Reading } from './live-readers.ts';
import { recovers } from './senders.ts';
import type { Service } from './service.ts';

export interface FaultOptions {
  /** Times that a fault of many rounds is repeated. */
  readonly rounds: number;
}

/** What came of one fault. */
export interface Outcome {
  readonly ledger: Ledger;
  readonly readings: readonly Reading[];
  /** Rows of spans beyond the first of each: allowed, and never shown. */
  readonly rawDuplicates: number;
  readonly peakRss: number;
  /** What went against the promise, beside missing and doubled spans; empty = nothing. */
  readonly violations: readonly string[];
  /** What else was measured. */
  readonly note: string;
}

export interface Fault {
  readonly name: string;
  readonly what: string;
  /** Why it cannot be tried here; undefined when it can. */
  readonly skip?: () => string | undefined;
  readonly run: (directory: string, options: FaultOptions) => Promise<Outcome>;
}

/** Runs the work in a folder of its own. */
export async function inFolder<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(path.join(tmpdir(), 'tracelore-faults-'));
  try {
    return await work(directory);
  } finally {
    killOwned();
    await rm(directory, { recursive: true, force: true });
  }
}

/** What is true after every fault: the service has recovered by itself, its memory was bounded, all can be read, once. */
export async function conclude(
  service: Service,
  ledger: Ledger,
  directory: string,
): Promise<Omit<Outcome, 'note'>> {
  const isBack = await recovers(service, ledger);
  const peakRss = service.peakRss();
  const { readings, rawDuplicates, violations } = await readAll(service, ledger, directory);
  return {
    ledger,
    readings,
    rawDuplicates,
    peakRss,
    violations: [...violations, ...(isBack ? [] : ['did not recover'])],
  };
}

/** Reads through everything: the running service, which is ended then, and its directory afterwards. */
export async function readAll(
  service: Service,
  ledger: Ledger,
  directory: string,
  data: string = path.join(directory, 'data'),
): Promise<Pick<Outcome, 'readings' | 'rawDuplicates' | 'violations'> & { readonly stored: number }> {
  const live = await readLive(service, ledger, directory);
  const { code, stderr } = await service.end('SIGTERM');
  const stored = await readStored(ledger, directory, data);
  const violations = code === 0 ? [] : [`ended with ${String(code)}: ${stderr.trim().slice(-300)}`];
  return { ...stored, readings: [...live, ...stored.readings], violations };
}

/** Reads a directory that no service has open. */
export async function readStored(
  ledger: Ledger,
  directory: string,
  data: string,
): Promise<{ readings: Reading[]; rawDuplicates: number; stored: number }> {
  await mkdir(directory, { recursive: true });
  const file = path.join(directory, 'answered.json');
  const answered = [...ledger.answered].map(([traceId, spanIds]) => [traceId, [...spanIds]]);
  await writeFile(file, JSON.stringify(Object.fromEntries(answered)));
  const child = owned(
    fork(new URL('stored-readers.ts', import.meta.url), [data, file], {
      env: { ...process.env, UV_THREADPOOL_SIZE: '16', TZ: 'UTC' },
    }),
  );
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`reading ${data} ended with code ${String(code)}`);
  });
  exited.catch(() => undefined);
  const [message]: { readings: Reading[]; rawDuplicates: number; stored: number }[] = await Promise.race([
    once(child, 'message'),
    exited,
  ]);
  if (message === undefined) throw new Error('no readings');
  if (child.exitCode === null) await once(child, 'exit');
  return message;
}

/** Evenly spread over its range, and the same in every run. */
export function spread(round: number, max: number): number {
  return 1 + ((round * 37) % max);
}

import type { Buffer } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';
import { Coverage } from './coverage.ts';
import type { Kind } from './kinds.ts';
import type { Random } from './random.ts';

/** Inputs that led somewhere new are kept up to this many beside the seeds; then they replace each other by chance. */
const KEPT_MAX = 2_000;
/** One in this many inputs is run under coverage, to find new ways. */
const EXPLORED_SHARE = 100;
/** Inputs between two looks for new ways. */
const ROUND = 100_000;
/** An input may take this long, ms of processor time. */
export const INPUT_MS_MAX = 1_000;
/** Inputs between two looks at the memory. */
const RSS_EVERY = 1_024;

/** What fuzzing one kind came to. */
export interface KindReport {
  readonly kind: string;
  executions: number;
  accepted: number;
  /** Distinct ways through the code that inputs took. */
  ways: number;
  /** Inputs to start from at the end. */
  corpus: number;
  /** Of processor time. */
  slowestMs: number;
  rssBytesPeak: number;
  seconds: number;
}

/** An input for which a property does not hold. */
export class FuzzFailure extends Error {
  override readonly name = 'FuzzFailure';
  readonly kind: string;
  readonly input: Buffer;

  constructor(kind: string, input: Buffer, cause: unknown) {
    super(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
    this.kind = kind;
    this.input = input;
  }
}

export interface FuzzOptions {
  readonly inputs: number;
  readonly random: Random;
  /** False when time is up. */
  readonly goesOn: () => boolean;
  /** Resident memory that the process may reach. */
  readonly rssBytesMax: number;
  /** Told how far it is, now and then. */
  readonly onRound?: (report: Readonly<KindReport>) => void;
  /** Told about each input before it runs, for whoever watches for one that never ends. */
  readonly begins: (kind: string, input: Buffer) => void;
}

/** Runs seeds and inputs made of them. Throws a {@link FuzzFailure} for the first one for which a property does not hold. */
export async function fuzzKind(kind: Kind, options: FuzzOptions): Promise<KindReport> {
  const { inputs, random, goesOn, begins } = options;
  const report: KindReport = {
    kind: kind.name,
    executions: 0,
    accepted: 0,
    ways: 0,
    corpus: 0,
    slowestMs: 0,
    rssBytesPeak: 0,
    seconds: 0,
  };
  const startedAt = performance.now();
  const known = kind.seeds();
  const coverage = new Coverage();
  const run = async (input: Buffer): Promise<void> => {
    begins(kind.name, input);
    report.executions += 1;
    if (await checked(kind, input, report, options.rssBytesMax)) report.accepted += 1;
  };
  const explore = async (candidates: Iterable<Buffer>, keep: boolean): Promise<void> => {
    coverage.start();
    for (const input of candidates) {
      await run(input);
      if (coverage.isNew() && keep) remember(known, input, random);
    }
    coverage.stop();
  };
  await explore([...known], false);
  while (report.executions < inputs && goesOn()) {
    const round = Math.min(ROUND, inputs - report.executions);
    const explored = Math.ceil(round / EXPLORED_SHARE);
    await explore(made(explored), true);
    for (const input of made(round - explored)) await run(input);
    options.onRound?.(report);
  }
  report.ways = coverage.size;
  report.corpus = known.length;
  report.seconds = (performance.now() - startedAt) / 1_000;
  return report;

  function* made(count: number): Generator<Buffer> {
    for (let index = 0; index < count && goesOn(); index += 1) yield kind.mutate(random, known);
  }
}

async function checked(kind: Kind, input: Buffer, report: KindReport, rssBytesMax: number): Promise<boolean> {
  try {
    const startedAt = performance.now();
    const accepted = await kind.run(input, report.executions);
    const ms = performance.now() - startedAt;
    if (ms > report.slowestMs) {
      const cpuMs = Math.min(ms, await cpuMsOf(kind, input));
      if (cpuMs > INPUT_MS_MAX) throw new Error(`took ${Math.round(cpuMs)} ms`);
      report.slowestMs = Math.max(report.slowestMs, cpuMs);
    }
    if (report.executions % RSS_EVERY === 0) {
      // What zlib holds is freed between turns of the event loop.
      await setImmediate();
      const rss = process.memoryUsage.rss();
      report.rssBytesPeak = Math.max(report.rssBytesPeak, rss);
      if (rss > rssBytesMax) throw new Error(`the process has grown to ${rss} bytes`);
    }
    return accepted;
  } catch (error) {
    throw new FuzzFailure(kind.name, input, error);
  }
}

/** Once more, and only what this thread worked: on a busy machine time passes without work. */
async function cpuMsOf(kind: Kind, input: Buffer): Promise<number> {
  const before = process.threadCpuUsage();
  await kind.run(input, 1);
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}

function remember(known: Buffer[], input: Buffer, random: Random): void {
  if (known.length < KEPT_MAX) known.push(input);
  else known[random.below(known.length)] = input;
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { owned } from './children.ts';
import type { Addresses } from './transports.ts';

const BIN = path.join(
  path.dirname(createRequire(import.meta.url).resolve('@tracelore/learner/package.json')),
  'bin/tracelore.cjs',
);

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One `tracelore up` as a process of its own. */
export interface Service extends Addresses {
  readonly api: string;
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Most memory it had so far, bytes; 0 where the system does not tell. */
  peakRss(): number;
  end(signal: NodeJS.Signals): Promise<Ended>;
}

export interface ServiceOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Program and arguments in front, for example a fake clock. */
  readonly wrapper?: readonly string[];
}

/** Only what a child needs: settings of whoever runs the suite must not reach it. */
function start(
  args: readonly string[],
  cwd: string,
  { env = {}, wrapper = [] }: ServiceOptions,
): ChildProcess {
  const { PATH = '', HOME = '' } = process.env;
  const [program = process.execPath, ...rest] = [...wrapper, process.execPath, BIN, ...args];
  return owned(spawn(program, rest, { cwd, env: { PATH, HOME, ...env } }));
}

function collect(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return once(child, 'close').then(([code]: (number | null)[]) => ({ code: code ?? null, stdout, stderr }));
}

/** Runs a command of the program to its end. */
export function tracelore(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return collect(start(args, cwd, { env }));
}

/** Starts the service on free ports, with its data in `<cwd>/data`; resolves when it is ready. */
export async function startService(cwd: string, options: ServiceOptions = {}): Promise<Service> {
  const ports = ['--port', '0', '--otlp-port', '0', '--grpc-port', '0'];
  const child = start(['up', '--json', '--data', 'data', ...ports], cwd, options);
  const ended = collect(child);
  if (child.stdout === null || child.pid === undefined) throw new Error('the service was not started');
  const first = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended]);
  if (!Array.isArray(first)) throw new Error(`the service ended before it was ready: ${first.stderr}`);
  const ready: { api: string; otlp: string; grpc: string; pid: number } = JSON.parse(String(first[0]));
  let peak = 0;
  const peakRss = (): number => (peak = Math.max(peak, peakRssOf(ready.pid)));
  return {
    ...ready,
    ended,
    peakRss,
    end: (signal) => {
      peakRss();
      process.kill(ready.pid, signal);
      return ended;
    },
  };
}

function peakRssOf(pid: number): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) * 1_024;
  } catch {
    return 0; // not Linux, or gone
  }
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const BIN = fileURLToPath(new URL('../../bin/tracelore.cjs', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Service {
  readonly api: string;
  readonly otlp: string;
  readonly pid: number;
  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Ended>;
}

type Variables = Readonly<Record<string, string>>;

/** Only what a child needs: settings of whoever runs the tests must not reach it. */
function start(args: readonly string[], directory: string, variables: Variables): ChildProcess {
  const { PATH = '', HOME = '' } = process.env;
  return spawn(process.execPath, [BIN, ...args], { cwd: directory, env: { PATH, HOME, ...variables } });
}

function collect(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return once(child, 'close').then(([code]: (number | null)[]) => ({ code: code ?? null, stdout, stderr }));
}

/** Runs a command of the real program to its end. */
export function tracelore(
  args: readonly string[],
  directory: string,
  variables: Variables = {},
): Promise<Ended> {
  return collect(start(args, directory, variables));
}

const readyLine = z.object({ ready: z.literal(true), api: z.string(), otlp: z.string(), pid: z.number() });

/** Starts the all-in-one service on free ports and resolves when it is ready. */
export async function startService(
  directory: string,
  args: readonly string[] = [],
  variables: Variables = {},
): Promise<Service> {
  const child = start(['up', '--json', '--port', '0', '--otlp-port', '0', ...args], directory, variables);
  const ended = collect(child);
  if (child.stdout === null) throw new Error('the child has no output');
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, 'line'), ended]);
  if (!Array.isArray(first)) throw new Error(`the service ended before it was ready: ${first.stderr}`);
  const [line]: unknown[] = first;
  const { api, otlp, pid } = readyLine.parse(JSON.parse(String(line)));
  return {
    api,
    otlp,
    pid,
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Runs a command until it has printed this text, then ends it with SIGTERM. */
export async function traceloreUntil(
  text: string,
  args: readonly string[],
  directory: string,
  variables: Variables = {},
): Promise<Ended> {
  const child = start(args, directory, variables);
  let printed = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
    if (printed.includes(text)) child.kill('SIGTERM');
  });
  return await collect(child);
}

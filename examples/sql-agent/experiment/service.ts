import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join, dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { isJson, textOf } from './json.ts';

/** Longest start of the service, ms: the embedded database is opened and migrated. */
const START_TIMEOUT_MS = 60_000;
/** Longest orderly stop, ms. */
const STOP_TIMEOUT_MS = 20_000;
/** Characters of the service's messages kept for an error. */
const MESSAGES_CHARACTERS_MAX = 4_000;

export interface ServiceOptions {
  /** Directory for the database. */
  readonly data: string;
  /** Added to the environment: where the analyzer's model is. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A running `tracelore up`. */
export interface Service {
  readonly api: string;
  readonly otlp: string;
  /** Resolves when the process has ended. */
  stop(): Promise<void>;
}

/**
 * Starts `tracelore up` as a process of its own, on free ports, and waits until it says that it is ready. It dies with
 * this process.
 */
export async function startService({ data, environment }: ServiceOptions): Promise<Service> {
  const bin = join(dirname(createRequire(import.meta.url).resolve('@tracelore/learner/package.json')), 'bin');
  const child = spawn(
    process.execPath,
    [join(bin, 'tracelore.cjs'), 'up', '--json', '--port', '0', '--otlp-port', '0', '--data', data],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } },
  );
  const killChild = (): void => void child.kill('SIGKILL');
  process.once('exit', killChild);
  const ended = once(child, 'exit').finally(() => process.off('exit', killChild));
  let messages = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    messages = (messages + text).slice(-MESSAGES_CHARACTERS_MAX);
  });
  const timeout = AbortSignal.timeout(START_TIMEOUT_MS);
  try {
    const { api, otlp } = await Promise.race([readyLine(child, timeout), failsWith(ended)]);
    return { api, otlp, stop: () => stopChild(child, ended) };
  } catch (error) {
    child.kill('SIGKILL');
    const reason = timeout.aborted ? `was not ready after ${START_TIMEOUT_MS / 1000} s` : messageOf(error);
    throw new Error(`tracelore up ${reason}${messages === '' ? '' : `\n${messages.trim()}`}`, {
      cause: error,
    });
  }
}

async function readyLine(
  child: ChildProcess,
  timeout: AbortSignal,
): Promise<{ readonly api: string; readonly otlp: string }> {
  if (child.stdout === null) throw new Error('has no output');
  const lines = createInterface({ input: child.stdout, signal: timeout });
  for await (const line of lines) {
    const message = parsed(line);
    if (!isJson(message) || message['ready'] !== true) continue;
    child.stdout.resume();
    return { api: textOf(message, 'api'), otlp: textOf(message, 'otlp') };
  }
  throw new Error('ended its output without a ready line');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function failsWith(ended: Promise<unknown[]>): Promise<never> {
  const [code, signal] = await ended;
  throw new Error(
    typeof signal === 'string' ? `was ended by ${signal}` : `ended with exit code ${Number(code)}`,
  );
}

async function stopChild(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}

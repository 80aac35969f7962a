import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import upFlags from '../learner/bin/heap-flags.json' with { type: 'json' };

/** Ticks per second of the times in `/proc`: the kernel's USER_HZ, 100 on every platform that Node supports. */
const TICKS_PER_SECOND = 100;

/** V8's flags under which `tracelore up` runs: for programs that take in traces in its place. */
export const HEAP_FLAGS: readonly string[] = upFlags;

/** Starts a benchmark program of this repository as a process of its own, with room for the embedded engine's calls. */
export function startProgram(
  file: URL,
  args: readonly string[],
  flags: readonly string[] = [],
): ChildProcess {
  return fork(file, args, {
    env: { ...process.env, UV_THREADPOOL_SIZE: '16', TZ: 'UTC' },
    execArgv: [...flags, ...process.execArgv],
  });
}

/** Runs the work with a program that is gone afterwards: when the work fails it is killed, so that nothing waits for it. */
export async function withProgram<T>(
  file: URL,
  args: readonly string[],
  work: (program: ChildProcess) => Promise<T>,
  flags: readonly string[] = [],
): Promise<T> {
  const program = startProgram(file, args, flags);
  const ended = once(program, 'exit');
  try {
    return await work(program);
  } catch (error) {
    program.kill('SIGKILL');
    throw error;
  } finally {
    await ended;
  }
}

/**
 * The next message of a child, which must carry these fields.
 * @throws Error when the child ends without it, or had ended before it was asked
 */
export async function nextMessage<Key extends string>(
  child: ChildProcess,
  fields: readonly Key[],
): Promise<Record<Key, unknown>> {
  const answered = new AbortController();
  const { signal } = answered;
  // Not `exit`: what was sent before the end may still be on its way then.
  const silent = child.connected ? once(child, 'disconnect', { signal }) : Promise.resolve();
  const ended = silent.then(() => {
    throw new Error(
      `a benchmark process ended before it told ${fields.join(', ')}: ${child.spawnargs.slice(1).join(' ')}`,
    );
  });
  ended.catch(() => {});
  const [message]: unknown[] = await Promise.race([once(child, 'message', { signal }), ended]).finally(() =>
    answered.abort(),
  );
  if (typeof message !== 'object' || message === null) throw new Error(`expected ${fields.join(', ')}`);
  const entries = Object.entries(message);
  return Object.fromEntries(
    fields.map((field) => [field, entries.find(([key]) => key === field)?.[1]]),
  ) as Record<Key, unknown>;
}

/** The same, all of them numbers. */
export async function nextNumbers<Key extends string>(
  child: ChildProcess,
  fields: readonly Key[],
): Promise<Readonly<Record<Key, number>>> {
  const message = await nextMessage(child, fields);
  for (const field of fields)
    if (typeof message[field] !== 'number') throw new Error(`expected a number as ${field}`);
  return message as Record<Key, number>;
}

/** Runs the work with a directory that is gone afterwards. */
export async function inDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(path.join(tmpdir(), 'tracelore-bench-'));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** CPU time of another process so far, ms, and the most memory it had, bytes. Linux only. */
export function usageOf(pid: number): { readonly cpuMs: number; readonly peakRssBytes: number } {
  // The second field is the program's name in parentheses and may hold anything.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return { cpuMs: (ticks / TICKS_PER_SECOND) * 1_000, peakRssBytes: Number(peak?.[1] ?? 0) * 1_024 };
}

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '../store-error.ts';

/** The engine holds an flock on this file while a process has the directory open, and writes its pid into it. */
const STATUS_FILE = 'status';

/**
 * Refuses a directory that another living process has open. The engine itself would only say "failed to create
 * connection", and print the cause to stderr.
 * @throws StoreError `locked`, naming the directory and the process.
 */
export function refuseIfHeld(directory: string): void {
  const pid = holderPid(directory);
  if (pid !== undefined && pid !== process.pid && isAlive(pid) && holdsLock(pid, directory)) {
    throw lockedError(directory, pid);
  }
}

/** For the race that {@link refuseIfHeld} cannot see, and for systems without `/proc/locks`. */
export function lockedError(directory: string, pid: number | undefined): StoreError {
  return new StoreError(
    'locked',
    `${directory} is in use by ${pid === undefined ? 'another process' : `process ${pid}`}: an embedded store belongs to one ` +
      `process at a time. Stop that process, use another directory, or talk to it over HTTP.`,
  );
}

export function holderPid(directory: string): number | undefined {
  try {
    const pid = /^PID: (\d+)/m.exec(readFileSync(join(directory, STATUS_FILE), 'utf8'))?.[1];
    return pid === undefined ? undefined : Number(pid);
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** A crashed holder leaves its pid behind and the number may be in use again: ask the kernel where it tells. */
function holdsLock(pid: number, directory: string): boolean {
  let locks: string;
  try {
    locks = readFileSync('/proc/locks', 'utf8');
  } catch {
    return false; // let the engine decide
  }
  const inode = statSync(join(directory, STATUS_FILE)).ino;
  return locks.split('\n').some((line) => {
    const fields = line.trim().split(/\s+/);
    return fields.includes('FLOCK') && fields.includes(String(pid)) && line.includes(`:${inode} `);
  });
}

import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { SqlDriver } from '@tracelore/collector/store';

/** How long a claim holds without being renewed, ms of the server's clock. */
export const LEASE_MS = 30_000;
/** Pause between two renewals, or two tries to get it, ms. */
export const LEASE_PAUSE_MS = 5_000;
/** A holder stops this long before its claim ends for others, ms: clocks run at different speeds, and writes take time. */
const MARGIN_MS = 10_000;

const TABLE = 'worker_lease';
const NAME = 'worker';

/**
 * Which one of several processes on one store learns, watches and writes knowledge. ClickHouse cannot compare and set, so
 * a claim is written first and looked around for others afterwards: of two that claim at once both see the other, and both
 * step back; who steps back after looking cannot have been missed by who goes on, since its claim was stored before.
 */
export interface WorkerLease {
  /** Whether this process may write now. Synchronous, by its own steady clock: what cannot renew in time stops by itself. */
  isHeld(): boolean;
  /** Says who works instead, in words for people; undefined = it is held here. */
  rival(): string | undefined;
  /** Renews the lease, or tries to get it. Resolves with whether it is held. Not twice at once. */
  keep(): Promise<boolean>;
  /** Gives it up, for the next one to take at once. */
  release(): Promise<void>;
}

/** A process, for people and for processes beside it. */
export interface ProcessName {
  /** Host and process id, for people. */
  readonly place: string;
  /** Names the set of processes among which `pid` is one; '' = unknown. */
  readonly space: string;
  readonly pid: number;
}

export interface WorkerLeaseOptions {
  readonly driver: SqlDriver;
  readonly database: string;
  /** Names this process, once. */
  readonly holder: string;
  readonly process: ProcessName;
  /** Steady milliseconds. Default: of this process. */
  readonly steadyMs?: () => number;
}

/** A directory has one process: its lock is the lease. */
export const OWN_STORE: WorkerLease = {
  isHeld: () => true,
  rival: () => undefined,
  keep: () => Promise.resolve(true),
  release: () => Promise.resolve(),
};

type Kind = 'claimed' | 'released';

export function createWorkerLease(options: WorkerLeaseOptions): WorkerLease {
  const { driver, database, holder, steadyMs = () => performance.now() } = options;
  const { place, space, pid } = options.process;
  let sequence = 0;
  let heldUntilMs = Number.NEGATIVE_INFINITY;
  let other = 'Another process';
  const isHeld = (): boolean => steadyMs() < heldUntilMs;

  async function write(kind: Kind): Promise<void> {
    sequence += 1;
    await driver.command(
      `INSERT INTO ${database}.${TABLE} (name, holder, sequence, kind, place, space, pid, at)
       SELECT {name: String}, {holder: String}, {sequence: UInt64}, {kind: String}, {place: String}, {space: String}, {pid: UInt32}, now64(3)`,
      { parameters: { name: NAME, holder, sequence, kind, place, space, pid } },
    );
  }

  /** A process beside this one that died without a word need not be waited for. Its number may be this one's by now. */
  function isGone(found: ProcessName): boolean {
    return space !== '' && found.space === space && (found.pid === pid || !isRunning(found.pid));
  }

  /** Where another process runs whose claim still holds. */
  async function claimedElsewhere(): Promise<string | undefined> {
    const rows = await driver.query<ProcessName>(
      `SELECT any(place) AS place, any(space) AS space, any(pid) AS pid FROM ${database}.${TABLE}
       WHERE name = {name: String} AND holder != {holder: String} AND at > now64(3) - toIntervalMillisecond({lease: UInt32})
       GROUP BY holder HAVING argMax(kind, sequence) = 'claimed' ORDER BY max(at) DESC`,
      { parameters: { name: NAME, holder, lease: LEASE_MS } },
    );
    return rows.find((row) => !isGone(row))?.place;
  }

  async function release(): Promise<void> {
    heldUntilMs = Number.NEGATIVE_INFINITY;
    await write('released');
  }

  return {
    isHeld,
    rival: () =>
      isHeld()
        ? undefined
        : `${other} learns and writes knowledge on this store, this process only reads and serves. Send the request there; when that process ends, this one takes over within ${LEASE_MS / 1_000} s.`,
    async keep() {
      const beganMs = steadyMs();
      const wasHeld = isHeld();
      await write('claimed');
      if (!wasHeld) {
        const found = await claimedElsewhere();
        if (found !== undefined) {
          other = `The process at ${found}`;
          await release();
          return false;
        }
      }
      heldUntilMs = beganMs + LEASE_MS - MARGIN_MS;
      return isHeld();
    },
    release,
  };
}

/** This process. On Linux processes with the same boot and the same namespace can see each other. */
export function thisProcess(): ProcessName {
  const { pid } = process;
  return { place: `${hostname()}, process ${pid}`, space: processSpace(), pid };
}

function processSpace(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

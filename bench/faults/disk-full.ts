import { execFile } from 'node:child_process';
import { mkdir, open, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Fault } from './fault.ts';
import { readAll } from './fault.ts';
import { Ledger } from './ledger.ts';
import { recovers, sendFor } from './senders.ts';
import { startService } from './service.ts';

const run = promisify(execFile);
const MIB = 1_048_576;
const DISK_BYTES = 256 * MIB;
const RESERVE_BYTES = 48 * MIB;

async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

/** Takes space until only this much is left. */
async function fill(directory: string, leave: number): Promise<string> {
  const file = path.join(directory, 'filler');
  const handle = await open(file, 'a');
  const chunk = Buffer.alloc(MIB);
  try {
    while ((await freeBytes(directory)) > leave + MIB) await handle.write(chunk);
  } finally {
    await handle.close();
  }
  return file;
}

/** A small disk that somebody else fills; `leave` bytes stay free, then all of it comes back. */
function diskFault(name: string, what: string, reserve: number, leave: number): Fault {
  return {
    name,
    what,
    skip: () =>
      process.platform !== 'linux' || process.getuid?.() !== 0
        ? 'mounting a small disk needs root on Linux'
        : undefined,
    run: async (directory) => {
      const disk = path.join(directory, 'disk');
      await mkdir(disk);
      await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', disk]);
      try {
        const ledger = new Ledger();
        const env = { TRACELORE_DISK_RESERVE_BYTES: String(reserve) };
        const service = await startService(disk, { env });
        await sendFor(3_000, service, ledger);
        const [trace] = ledger.answered.keys();
        // Its run is computed now: with the disk full nothing can be written, a run neither.
        await fetch(`${service.api}/v1/traces/${trace}`);
        const filler = await fill(disk, leave);
        await sendFor(10_000, service, ledger);
        const reads = await fetch(`${service.api}/v1/traces/${trace}`);
        const ready = await fetch(`${service.api}/readyz`);
        const { detail }: { detail?: string } = JSON.parse(await ready.text());
        const refusals = ledger.others;
        await rm(filler);
        const isBack = await recovers(service, ledger);
        const peakRss = service.peakRss();
        const read = await readAll(service, ledger, disk);
        return {
          ledger,
          ...read,
          peakRss,
          violations: [
            ...read.violations,
            ...(isBack ? [] : ['did not recover']),
            ...(reads.status === 200 ? [] : [`a run was answered ${reads.status} while the disk was full`]),
            ...(/^503×\d+$/.test(refusals) ? [] : [`expected 200 and 503 only, got ${refusals}`]),
          ],
          note: `/readyz ${ready.status} “${(detail ?? '').slice(0, 120)}”`,
        };
      } finally {
        await run('umount', ['-l', disk]);
      }
    },
  };
}

export const diskFaults: readonly Fault[] = [
  diskFault('disk-low', 'free space falls below the reserve', RESERVE_BYTES, RESERVE_BYTES - 8 * MIB),
  diskFault('disk-full', 'no reserve is kept, and the disk is really full', 0, 0),
];

import { rm } from 'node:fs/promises';
import type { Fault } from './fault.ts';
import { conclude } from './fault.ts';
import { Ledger } from './ledger.ts';
import { sendFor } from './senders.ts';
import { startService } from './service.ts';
import { fill, MIB, noSmallDisk, onSmallDisk } from './small-disk.ts';

const DISK_BYTES = 256 * MIB;
const RESERVE_BYTES = 48 * MIB;

/** A small disk that somebody else fills; `leave` bytes stay free, then all of it comes back. */
function diskFault(name: string, what: string, reserve: number, leave: number): Fault {
  return {
    name,
    what,
    skip: noSmallDisk,
    run: async (directory) =>
      await onSmallDisk(directory, DISK_BYTES, async (disk) => {
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
        const concluded = await conclude(service, ledger, disk);
        return {
          ...concluded,
          violations: [
            ...concluded.violations,
            ...(reads.status === 200 ? [] : [`a run was answered ${reads.status} while the disk was full`]),
            ...(/^503×\d+$/.test(refusals) ? [] : [`expected 200 and 503 only, got ${refusals}`]),
          ],
          note: `/readyz ${ready.status} “${(detail ?? '').slice(0, 120)}”`,
        };
      }),
  };
}

export const diskFaults: readonly Fault[] = [
  diskFault('disk-low', 'free space falls below the reserve', RESERVE_BYTES, RESERVE_BYTES - 8 * MIB),
  diskFault('disk-full', 'no reserve is kept, and the disk is really full', 0, 0),
];

import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { finish } from './engine-away.ts';
import { startControlledEngine } from './engine.ts';
import type { Fault } from './fault.ts';
import { Ledger } from './ledger.ts';
import { recovers, sendFor } from './senders.ts';
import { startService, type Service } from './service.ts';
import { fill, MIB, noSmallDisk, onSmallDisk } from './small-disk.ts';

/** How long the engine is away, ms. */
const OUTAGE_MS = 10_000;
/** How often, and how far apart, an empty spool is waited for, ms. */
const LOOKS_MAX = 120;
const LOOK_PAUSE_MS = 500;

/** The engine goes away, hangs, and the service is killed in between: senders notice the kill only. */
const outage: Fault = {
  name: 'spool-outage',
  what: 'with a spool: the engine is gone, then hangs, the service is killed meanwhile',
  run: async (directory) => {
    const data = path.join(directory, 'engine');
    const engine = await startControlledEngine(data);
    const ledger = new Ledger();
    const env = { TRACELORE_CLICKHOUSE_URL: engine.url, TRACELORE_SPOOL: path.join(directory, 'spool') };
    const first = await startService(directory, { env });
    await sendFor(2_000, first, ledger);
    engine.setMode('refuse');
    const before = ledger.spans;
    await sendFor(OUTAGE_MS, first, ledger);
    const refused = ledger.others;
    const waited = await spoolDetail(first);
    await first.end('SIGKILL');
    engine.setMode('ok');
    const service = await startService(directory, { env });
    engine.setMode('hang');
    await sendFor(OUTAGE_MS, service, ledger);
    const spooled = ledger.spans - before;
    engine.setMode('ok');
    const isBack = await recovers(service, ledger);
    const isEmpty = await spoolEmpties(service);
    const outcome = await finish(service, ledger, engine, directory, data);
    return {
      ...outcome,
      violations: [
        ...outcome.violations,
        ...(isBack ? [] : ['did not recover']),
        ...(isEmpty ? [] : ['the spool was not emptied']),
        ...(refused === '' ? [] : [`senders were told ${refused} although there is a spool`]),
      ],
      note: `${spooled} spans answered while the engine was away; before the kill: ${waited}`,
    };
  },
};

/** A spool that is too small for the outage. */
const full: Fault = {
  name: 'spool-full',
  what: 'with a spool of 64 KiB: full, then 503, then empty again',
  run: async (directory) => {
    const data = path.join(directory, 'engine');
    const engine = await startControlledEngine(data);
    const ledger = new Ledger();
    const env = {
      TRACELORE_CLICKHOUSE_URL: engine.url,
      TRACELORE_SPOOL: path.join(directory, 'spool'),
      TRACELORE_SPOOL_BYTES: String(65_536),
    };
    const service = await startService(directory, { env });
    engine.setMode('refuse');
    await sendFor(OUTAGE_MS, service, ledger);
    const refused = ledger.others;
    engine.setMode('ok');
    const isBack = await recovers(service, ledger);
    const isEmpty = await spoolEmpties(service);
    const outcome = await finish(service, ledger, engine, directory, data);
    return {
      ...outcome,
      violations: [
        ...outcome.violations,
        ...(isBack ? [] : ['did not recover']),
        ...(isEmpty ? [] : ['the spool was not emptied']),
        ...(/^503×\d+$/.test(refused) ? [] : [`expected answers of 200 and 503 only, got ${refused}`]),
      ],
      note: 'full, and empty again',
    };
  },
};

/** The spool's disk is full before the spool is. */
const diskFull: Fault = {
  name: 'spool-disk',
  what: 'with a spool on a disk that fills up while the engine is gone',
  skip: noSmallDisk,
  run: async (directory) =>
    await onSmallDisk(directory, 16 * MIB, async (disk) => {
      const data = path.join(directory, 'engine');
      const engine = await startControlledEngine(data);
      const ledger = new Ledger();
      const env = {
        TRACELORE_CLICKHOUSE_URL: engine.url,
        TRACELORE_SPOOL: path.join(disk, 'spool'),
        TRACELORE_DISK_RESERVE_BYTES: '0',
      };
      const service = await startService(directory, { env });
      engine.setMode('refuse');
      await sendFor(3_000, service, ledger);
      const filler = await fill(disk, 0);
      await sendFor(8_000, service, ledger);
      const refused = ledger.others;
      await rm(filler);
      await sendFor(3_000, service, ledger);
      engine.setMode('ok');
      const isBack = await recovers(service, ledger);
      const isEmpty = await spoolEmpties(service);
      const outcome = await finish(service, ledger, engine, directory, data);
      return {
        ...outcome,
        violations: [
          ...outcome.violations,
          ...(isBack ? [] : ['did not recover']),
          ...(isEmpty ? [] : ['the spool was not emptied']),
          ...(/^503×\d+$/.test(refused) ? [] : [`expected answers of 200 and 503 only, got ${refused}`]),
        ],
        note: 'disk full, and free again',
      };
    }),
};

interface Check {
  readonly name: string;
  readonly state: string;
  readonly detail: string;
}

async function checksOf({ api }: Service): Promise<readonly Check[]> {
  const response = await fetch(`${api}/readyz`);
  const { checks }: { checks: Check[] } = JSON.parse(await response.text());
  return checks;
}

async function spoolDetail(service: Service): Promise<string> {
  return (await checksOf(service)).find(({ name }) => name === 'spool')?.detail ?? '';
}

async function spoolEmpties(service: Service): Promise<boolean> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    if ((await checksOf(service)).some(({ name, state }) => name === 'spool' && state === 'ok')) return true;
    await pause(LOOK_PAUSE_MS);
  }
  return false;
}

export const spoolFaults: readonly Fault[] = [outage, full, diskFull];

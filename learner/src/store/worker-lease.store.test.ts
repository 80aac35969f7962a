import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore, type SqlDriver, type Store } from '@tracelore/collector/store';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { migrateLearner } from './migrate.ts';
import {
  createWorkerLease,
  LEASE_MS,
  thisProcess,
  type ProcessName,
  type WorkerLease,
} from './worker-lease.ts';

const NEVER_BOTH = [
  [false, false],
  [true, false],
  [false, true],
];
const directory = mkdtempSync(path.join(tmpdir(), 'tracelore-lease-'));
let store: Store;
let holders = 0;
let steady = 0;

beforeAll(async () => {
  store = await openStore({ location: { kind: 'embedded', directory } });
  await migrateLearner(store);
});

afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

beforeEach(() => store.driver.command(`TRUNCATE TABLE ${store.database}.worker_lease`));

/** Processes of other machines, unless told otherwise. */
function lease(driver: SqlDriver = store.driver, process: Partial<ProcessName> = {}): WorkerLease {
  holders += 1;
  const { database } = store;
  return createWorkerLease({
    driver,
    database,
    holder: `h${holders}`,
    process: { place: `host:${holders}`, space: '', pid: holders, ...process },
    steadyMs: () => steady,
  });
}

describe('the lease of the worker', () => {
  test('has one holder; the next one gets it when the holder gives it up', async () => {
    const [first, second] = [lease(), lease()];
    expect(await first.keep()).toBe(true);
    expect(await second.keep()).toBe(false);
    expect(second.rival()).toMatch(/^The process at host:\d+ learns and writes knowledge/);
    expect(await first.keep()).toBe(true);
    expect(first.rival()).toBeUndefined();
    await first.release();
    expect(first.isHeld()).toBe(false);
    expect(await second.keep()).toBe(true);
  });

  test('ends by itself before others may take it', async () => {
    const [first, second] = [lease(), lease()];
    await first.keep();
    steady += LEASE_MS - 5_000;
    expect(first.isHeld()).toBe(false);
    // For others the claim still holds: the server's clock has not moved.
    expect(await second.keep()).toBe(false);
    // A claim that is renewed too late is looked around for like a new one.
    expect(await first.keep()).toBe(true);
  });

  test('a claim of a process that died ends', async () => {
    await store.driver.command(
      `INSERT INTO ${store.database}.worker_lease SELECT 'worker', 'dead', 1, 'claimed', 'host:0', '', 0, now64(3) - toIntervalMillisecond(${LEASE_MS})`,
    );
    expect(await lease().keep()).toBe(true);
  });

  test('a process beside this one that died is not waited for', async () => {
    const { space, pid } = thisProcess();
    const child = spawn(process.execPath, ['--eval', '']);
    await once(child, 'exit');
    expect(await lease(store.driver, { space, pid: child.pid ?? 0 }).keep()).toBe(true);
    expect(await lease(store.driver, { space, pid }).keep()).toBe(space !== '');
    // What can be seen to run is waited for.
    expect(await lease(store.driver, { space, pid: process.ppid }).keep()).toBe(false);
  });

  /** Every order in which two processes write and look: never both, and who claims alone gets it. */
  test.each([
    ['aabb', [[true, false]]],
    ['bbaa', [[false, true]]],
    ['abab', NEVER_BOTH],
    ['abba', NEVER_BOTH],
    ['baab', NEVER_BOTH],
    ['baba', NEVER_BOTH],
  ])('never has two holders when writes and looks come as %s', async (order, allowed) => {
    const steps = stepped();
    const [a, b] = [lease(steps.driver('a')), lease(steps.driver('b'))];
    const both = Promise.all([a.keep(), b.keep()]);
    for (const who of order) await steps.allow(who);
    steps.allowAll();
    expect(allowed).toContainEqual(await both);
  });
});

/** Drivers whose first two statements wait until they are allowed, each in its turn. */
function stepped(): {
  driver: (who: string) => SqlDriver;
  allow: (who: string) => Promise<void>;
  allowAll: () => void;
} {
  const gates = new Map<
    string,
    { waiting: (() => void)[]; done: Promise<void>[]; arrived: (() => void)[] }
  >();
  let isOpen = false;
  const gateOf = (
    who: string,
  ): { waiting: (() => void)[]; done: Promise<void>[]; arrived: (() => void)[] } => {
    const gate = gates.get(who) ?? { waiting: [], done: [], arrived: [] };
    gates.set(who, gate);
    return gate;
  };
  async function pass<T>(who: string, work: () => Promise<T>): Promise<T> {
    const gate = gateOf(who);
    const { promise: done, resolve: finish } = Promise.withResolvers<void>();
    if (!isOpen) {
      gate.done.push(done);
      await new Promise<void>((resolve) => {
        gate.waiting.push(resolve);
        gate.arrived.shift()?.();
      });
    }
    return work().finally(finish);
  }
  return {
    driver: (who) => ({
      ...store.driver,
      command: (sql, options) => pass(who, () => store.driver.command(sql, options)),
      query: (sql, options) => pass(who, () => store.driver.query(sql, options)),
    }),
    async allow(who) {
      const gate = gateOf(who);
      if (gate.waiting.length === 0) await new Promise<void>((resolve) => gate.arrived.push(resolve));
      gate.waiting.shift()?.();
      await gate.done.shift();
    },
    allowAll() {
      isOpen = true;
      for (const { waiting } of gates.values()) for (const go of waiting) go();
    },
  };
}

import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ByteBudget } from '../commit/byte-budget.ts';
import type { CommitResult } from '../commit/commit-result.ts';
import { Committer, SPOOL_AFTER_MS } from '../commit/committer.ts';
import { StoreWriter } from '../commit/store-writer.ts';
import { noteRuns, type RunKey } from '../runs/run-key.ts';
import type { PreparedBatch } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { MemoryStore } from '../testing/memory-store.ts';
import { sampleBatch } from '../testing/sample-batch.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { Replay } from './replay.ts';
import { Spool } from './spool.ts';
import { until } from '../testing/until.ts';

const AWAY = new StoreError('NETWORK_ERROR', 'nobody listens');
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let parts: Awaited<ReturnType<typeof setUp>>;

/** Everything between requests and a store, on a clock that tests drive. */
async function setUp(store: MemoryStore = new MemoryStore()): Promise<{
  store: MemoryStore;
  clock: ManualClock;
  spool: Spool;
  replay: Replay;
  budget: ByteBudget;
  submit: (key: string) => Promise<CommitResult>;
  touched: RunKey[];
  problems: string[];
}> {
  const clock = new ManualClock();
  const writer = new StoreWriter(store, clock);
  const budget = new ByteBudget(1_000_000);
  const spool = new Spool(
    { directory: directory.path, bytesMax: 1_000_000 },
    (batches) => store.pack(batches),
    () => 0,
  );
  await spool.open();
  const touched: RunKey[] = [];
  const problems: string[] = [];
  const replay = new Replay({
    spool,
    writer,
    store,
    clock,
    onStored: (runs) => touched.push(...runs),
    onProblem: (error) => problems.push(String(error)),
  });
  const committer = new Committer({
    writer,
    prepare: (batches) => store.prepare(batches),
    budget,
    clock,
    intervalMs: 0,
    spool,
  });
  const submit = (key: string): Promise<CommitResult> => {
    const batch = sampleBatch();
    const runs = new Map<string, RunKey>();
    noteRuns(batch, runs);
    return committer.submit({ key, batches: [batch], runs });
  };
  return { store, clock, spool, replay, budget, submit, touched, problems };
}

beforeEach(async () => {
  directory = await temporaryDirectory('replay');
  parts = await setUp();
});
afterEach(async () => {
  await parts.replay.stop();
  await parts.spool.close();
  await directory.remove();
});

/** Submits and lets the clock's due calls run. */
async function submitted(key: string): Promise<CommitResult> {
  const result = parts.submit(key);
  await parts.clock.advance(0);
  return await result;
}

test('what a store that is away does not take is safe at once, and stored in order under its own tokens', async () => {
  const { store, spool, replay, touched } = parts;
  store.failures.push(AWAY);
  expect(await submitted('a')).toEqual({ state: 'spooled' });
  // It is known to be away: nobody asks it again.
  expect(await submitted('b')).toEqual({ state: 'spooled' });
  expect(store.tokens).toHaveLength(1);
  expect(store.batches).toHaveLength(0);
  await replay.drain();
  expect(store.batches).toHaveLength(2);
  expect(store.tokens[1]).toBe(store.tokens[0]);
  expect(new Set(store.tokens).size).toBe(2);
  expect(touched).toHaveLength(2);
  expect(spool.isEmpty).toBe(true);
  expect(await submitted('c')).toEqual({ state: 'stored' });
});

test('a commit that hangs is spooled, and holds nobody up; its late end and the replay have one token', async () => {
  const { store, clock, spool, replay, budget, submit } = parts;
  const release = store.hold();
  const first = submit('a');
  await clock.advance(0);
  await clock.advance(SPOOL_AFTER_MS - 1);
  expect(spool.isEmpty).toBe(true);
  await clock.advance(1);
  expect(await first).toEqual({ state: 'spooled' });
  const second = submit('b');
  await clock.advance(0);
  await clock.advance(SPOOL_AFTER_MS);
  expect(await second).toEqual({ state: 'spooled' });
  expect(budget.bytes).toBe(0);
  release();
  await replay.drain();
  // The late one, and both from the spool.
  expect(store.tokens).toHaveLength(3);
  expect(store.tokens[1]).toBe(store.tokens[0]);
});

test('the next process stores what waits', async () => {
  const { store, spool } = parts;
  store.failures.push(AWAY);
  await submitted('a');
  await spool.close();
  parts = await setUp(store);
  parts.replay.wake();
  await parts.replay.drain();
  expect(store.batches).toHaveLength(1);
  expect(parts.touched).toHaveLength(1);
});

test('a store that stays away fails a drain by name; the replay tries again by itself', async () => {
  const { store, spool, replay, clock } = parts;
  store.failures.push(AWAY, AWAY, AWAY);
  await submitted('a');
  await expect(replay.drain()).rejects.toThrow('1 rows wait in the spool: nobody listens');
  const stored = store.nextWrite();
  replay.wake();
  await stored;
  // The spool reads and writes its file meanwhile: no clock moves that.
  await until(async () => {
    await clock.advance(250);
    return spool.isEmpty;
  });
  expect(store.batches).toHaveLength(1);
});

test('one request of a record that can never be stored is set aside and told of; its neighbours are stored', async () => {
  const { store, spool, replay, clock, submit, problems } = parts;
  store.failures.push(AWAY);
  const results = [submit('a'), submit('bad'), submit('b')];
  await clock.advance(0);
  await Promise.all(results);
  let seen = 0;
  store.poison = {
    error: new StoreError('TYPE_MISMATCH', 'not what the column takes'),
    holdsFor: (batch) => batch.spans.length > 1 || ++seen === 2,
  };
  await replay.drain();
  expect(store.batches).toHaveLength(2);
  expect(spool.stats).toMatchObject({ records: 0, rowsRefused: 1 });
  expect(problems).toEqual([expect.stringContaining('not what the column takes')]);
});

test('a record that fails for a reason of its own lets the others go first', async () => {
  const { store, spool, replay, clock } = parts;
  store.failures.push(AWAY);
  await submitted('odd');
  await submitted('b');
  const odd = store.tokens[0];
  const written = store.writePrepared.bind(store);
  store.writePrepared = async (batches, token) => {
    if (token === odd) throw new StoreError('SOMETHING_ODD', 'no idea');
    await written(batches, token);
  };
  replay.wake();
  await until(async () => {
    await clock.advance(5_000);
    return spool.stats.records === 1;
  });
  expect(store.batches).toHaveLength(1);
});

test('when the spool takes nothing either, senders are told to come again, and the store is found when it is back', async () => {
  const { store, spool } = parts;
  store.failures.push(AWAY);
  await spool.close();
  expect(await submitted('a')).toMatchObject({
    state: 'unavailable',
    problem: 'the spool is not open',
    isolate: false,
  });
  expect(await submitted('b')).toEqual({ state: 'stored' });
});

test('a request of several batches keeps them together when its neighbours are stored one by one', async () => {
  const { store, spool, replay } = parts;
  const batch = (): PreparedBatch => store.prepare([sampleBatch()]);
  await spool.append({
    requests: [
      { key: 'large', batches: [batch(), batch(), batch()] },
      { key: 'bad', batches: [batch()] },
      { key: 'small', batches: [batch()] },
    ],
    runs: [],
  });
  let seen = 0;
  store.poison = {
    error: new StoreError('TYPE_MISMATCH', 'not what the column takes'),
    holdsFor: ({ spans }) => spans.length === 5 || (spans.length === 1 && ++seen === 1),
  };
  await replay.drain();
  expect(store.batches.map(({ spans }) => spans.length)).toEqual([3, 1]);
  expect(new Set(store.tokens).size).toBe(store.tokens.length);
  expect(spool.stats).toMatchObject({ records: 0, rowsRefused: 1 });
});

test('a record that the disk has lost is told of, and the others are stored', async () => {
  const { store, spool, replay, problems } = parts;
  store.failures.push(AWAY);
  await submitted('lost');
  await submitted('b');
  const [name = ''] = await readdir(directory.path);
  const file = await open(join(directory.path, name), 'r+');
  await file.write(Buffer.alloc(8, 0xff), 0, 8, 40);
  await file.close();
  await replay.drain();
  expect(store.batches).toHaveLength(1);
  expect(spool.isEmpty).toBe(true);
  expect(problems).toEqual([expect.stringContaining('lost 1 rows')]);
});

import { expect, test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { MemoryStore } from '../testing/memory-store.ts';
import { sampleBatch } from '../testing/sample-batch.ts';
import { Turns } from '../turns.ts';
import type { Batch } from '../records.ts';
import { ByteBudget } from './byte-budget.ts';
import { Committer } from './committer.ts';
import { StoreWriter } from './store-writer.ts';

/** A committer, and batches that take this long to read each. */
function setUp(readMs: number): {
  store: MemoryStore;
  clock: ManualClock;
  committer: Committer;
  turns: Turns;
  slow: (batches: readonly Batch[]) => Generator<Batch>;
  portions: number[];
} {
  const store = new MemoryStore();
  const clock = new ManualClock();
  const portions: number[] = [];
  let now = 0;
  const committer = new Committer({
    writer: new StoreWriter(store, clock),
    prepare: (batches) => {
      const prepared = store.prepare(batches);
      portions.push(prepared.rows);
      return prepared;
    },
    budget: new ByteBudget(1_000_000_000),
    clock,
    intervalMs: 0,
    spool: undefined,
  });
  return {
    store,
    clock,
    committer,
    turns: new Turns(() => now),
    *slow(batches) {
      for (const batch of batches) {
        now += readMs;
        yield batch;
      }
    },
    portions,
  };
}

const BATCHES = Array.from({ length: 6 }, () => sampleBatch());
const ROWS = BATCHES.reduce((sum, batch) => sum + batch.spans.length, 0);

test('a large request is read in turns with everything else, and stored as one', async () => {
  const { store, clock, committer, turns, slow, portions } = setUp(1);
  let othersTurns = 0;
  let other: NodeJS.Immediate | undefined;
  const others = (): void => {
    othersTurns += 1;
    other = setImmediate(others);
  };
  others();
  const { result } = await committer.submitInTurns(
    { key: 'large', batches: slow(BATCHES), runs: new Map() },
    turns,
  );
  clearImmediate(other);
  // Two batches of 1 ms fill a turn of 2.
  expect(portions.filter((rows) => rows > 0)).toHaveLength(3);
  expect(othersTurns).toBeGreaterThanOrEqual(3);
  await clock.advance(0);
  expect(await result).toStrictEqual({ state: 'stored' });
  expect(store.tokens).toHaveLength(1);
  expect(store.batches.flatMap(({ spans }) => spans)).toHaveLength(ROWS);
});

test('a batch that takes longer than a turn is a turn of its own', async () => {
  const { committer, turns, slow, portions } = setUp(100);
  await committer.submitInTurns({ key: 'large', batches: slow(BATCHES), runs: new Map() }, turns);
  expect(portions.filter((rows) => rows > 0)).toHaveLength(BATCHES.length);
});

test('what cannot be read to its end leaves nothing', async () => {
  const { store, clock, committer, turns } = setUp(5);
  const broken = function* (): Generator<Batch> {
    yield sampleBatch();
    throw new RangeError('broken here');
  };
  const submitted = committer.submitInTurns({ key: 'large', batches: broken(), runs: new Map() }, turns);
  await expect(submitted).rejects.toThrow('broken here');
  await clock.advance(1_000);
  expect(store.tokens).toEqual([]);
});

import { expect, test } from 'vitest';
import type { Batch } from '../records.ts';
import { StoreError } from '../store/store-error.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { MemoryStore } from '../testing/memory-store.ts';
import { sampleBatch } from '../testing/sample-batch.ts';
import type { CommitResult } from './commit-result.ts';
import { ByteBudget } from './byte-budget.ts';
import { Committer, COMMIT_BYTES_MAX, COMMIT_ROWS_MAX } from './committer.ts';
import { StoreWriter } from './store-writer.ts';

const INTERVAL_MS = 1_000;

function setUp(): {
  store: MemoryStore;
  clock: ManualClock;
  committer: Committer;
  submit: (key: string, batch?: Batch, bytesPerRow?: number) => Promise<CommitResult>;
  writer: StoreWriter;
  budget: ByteBudget;
} {
  const store = new MemoryStore();
  const clock = new ManualClock();
  const writer = new StoreWriter(store, clock);
  const budget = new ByteBudget(1_000_000_000);
  const committer = new Committer({
    writer,
    prepare: (batches) => store.prepare(batches),
    budget,
    clock,
    intervalMs: INTERVAL_MS,
    spool: undefined,
  });
  return {
    store,
    clock,
    committer,
    writer,
    budget,
    submit: (key, batch = sampleBatch(), bytesPerRow = 100) => {
      store.bytesPerRow = bytesPerRow;
      return committer.submit({ key, batches: [batch], runs: new Map() });
    },
  };
}

const STORED = { state: 'stored' };

/** Uses up the commits that may go at once after quiet time. */
async function spendBurst({ clock, submit }: ReturnType<typeof setUp>): Promise<void> {
  for (let count = 0; count < 5; count += 1) {
    const result = submit(`burst ${count}`);
    await clock.advance(0);
    expect(await result).toStrictEqual(STORED);
  }
}

test('after quiet time a request is committed at once', async () => {
  const { clock, submit, store } = setUp();
  const result = submit('a');
  await clock.advance(0);
  expect(await result).toStrictEqual(STORED);
  expect(store.batches).toHaveLength(1);
});

test('under a steady trickle requests wait for one commit per interval', async () => {
  const parts = setUp();
  await spendBurst(parts);
  const { clock, store, submit } = parts;
  const results = [submit('a'), submit('b')];
  await clock.advance(INTERVAL_MS - 1);
  expect(store.tokens).toHaveLength(5);
  await clock.advance(1);
  expect(await Promise.all(results)).toStrictEqual([STORED, STORED]);
  expect(store.batches.at(-1)?.spans).toHaveLength(2);
});

test('a full buffer is committed without waiting, by rows and by bytes', async () => {
  const parts = setUp();
  await spendBurst(parts);
  const { submit, store } = parts;
  const { spans, ...rest } = sampleBatch();
  const many = Array.from({ length: COMMIT_ROWS_MAX }, () => spans).flat();
  expect(await submit('rows', { ...rest, spans: many })).toStrictEqual(STORED);
  expect(await submit('bytes', sampleBatch(), COMMIT_BYTES_MAX)).toStrictEqual(STORED);
  expect(store.batches).toHaveLength(7);
});

test('what arrives while a commit runs goes into the next one', async () => {
  const { clock, submit, store } = setUp();
  const release = store.hold();
  const first = submit('a');
  await clock.advance(0);
  const rest = [submit('b'), submit('c')];
  await clock.advance(10 * INTERVAL_MS);
  expect(store.tokens).toHaveLength(1);
  release();
  await first;
  await clock.advance(0);
  await Promise.all(rest);
  expect(store.batches.map(({ spans }) => spans.length)).toStrictEqual([1, 2]);
});

test('what piled up behind a slow commit is stored in parts', async () => {
  const { clock, submit, store } = setUp();
  const release = store.hold();
  const results = [submit('first')];
  await clock.advance(0);
  for (let count = 0; count < 5; count += 1)
    results.push(submit(`big ${count}`, sampleBatch(), COMMIT_BYTES_MAX / 2));
  release();
  await clock.advance(INTERVAL_MS);
  await clock.advance(INTERVAL_MS);
  expect(await Promise.all(results)).toStrictEqual(results.map(() => STORED));
  expect(store.batches.map(({ spans }) => spans.length)).toStrictEqual([1, 2, 2, 1]);
});

test('flush ends with what waited when it was asked, although more comes all the time', async () => {
  const parts = setUp();
  await spendBurst(parts);
  let stored = 0;
  const sending = async (): Promise<void> => {
    for (; stored < 5; stored += 1) await parts.submit(`request ${stored}`);
  };
  void sending();
  await parts.committer.flush();
  expect(stored).toBe(1);
});

test('flush commits what waits, whatever the pace', async () => {
  const parts = setUp();
  await spendBurst(parts);
  const result = parts.submit('a');
  await parts.committer.flush();
  expect(await result).toStrictEqual(STORED);
});

test('a retry after a passing failure keeps its token', async () => {
  const { clock, submit, store, writer } = setUp();
  store.failures.push(new StoreError('NETWORK_ERROR', 'gone for a moment'));
  const result = submit('a');
  await clock.advance(0);
  await clock.advance(100);
  expect(await result).toStrictEqual(STORED);
  expect(store.tokens).toHaveLength(2);
  expect(store.tokens[1]).toBe(store.tokens[0]);
  expect(writer.counts).toStrictEqual({ commits: 1, rows: 1, retries: 1 });
});

test('the same request committed by another process has the same token', async () => {
  const tokens = await Promise.all(
    [setUp(), setUp()].map(async ({ clock, submit, store }) => {
      const result = submit('same content');
      await clock.advance(0);
      await result;
      return store.tokens;
    }),
  );
  expect(tokens[0]).toStrictEqual(tokens[1]);
});

test('one bad request does not fail its neighbours, and is refused by name', async () => {
  const { clock, submit, store } = setUp();
  const bad = sampleBatch();
  const badSpan = bad.spans[0];
  store.poison = {
    error: new StoreError('invalid_row', 'spans.name: not a text'),
    holdsFor: ({ spans }) => spans.some((span) => span === badSpan),
  };
  const results = [submit('a'), submit('bad', bad), submit('b')];
  await clock.advance(0);
  expect(await Promise.all(results)).toStrictEqual([
    STORED,
    { state: 'refused', problem: 'spans.name: not a text', isolate: true },
    STORED,
  ]);
  expect(store.batches.flatMap(({ spans }) => spans)).toHaveLength(2);
});

test('an error that is not in the data is never a refusal', async () => {
  const { clock, submit, store } = setUp();
  store.poison = { error: new StoreError('UNKNOWN_TABLE', 'no table spans'), holdsFor: () => true };
  const result = submit('a');
  await clock.advance(0);
  expect(await result).toMatchObject({ state: 'unavailable' });
});

test('rows that cannot be encoded are refused at once, and what makes them may throw', async () => {
  const { submit, committer, store } = setUp();
  store.prepare = () => {
    throw new StoreError('invalid_row', 'spans row 0 column name: not a text');
  };
  expect(await submit('a')).toMatchObject({
    state: 'refused',
    problem: expect.stringContaining('not a text'),
  });
  const { store: other, committer: second } = setUp();
  const broken = (function* (): Generator<Batch> {
    yield sampleBatch();
    throw new Error('broken in the middle');
  })();
  expect(() => second.submit({ key: 'b', batches: broken, runs: new Map() })).toThrow('broken in the middle');
  await Promise.all([committer.flush(), second.flush()]);
  expect([...store.tokens, ...other.tokens]).toStrictEqual([]);
});

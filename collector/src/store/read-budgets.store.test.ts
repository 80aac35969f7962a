import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { QueryRead } from './driver.ts';
import { openStore } from './open-store.ts';
import type { Store } from './store.ts';
import { openTemporaryStore, type TemporaryStore } from './testing/temporary-store.ts';
import { useTextIndex } from './text-index.ts';
import { indexWords } from './word-index.ts';

/** Two finished days and the current one, 10 spans a run. */
const SPANS = 300_000;
const RUNS = SPANS / 10;
const NOON_MS = Date.UTC(2026, 10, 20, 12);
/** Rows that are read at least: the engine reads whole granules. */
const GRANULE = 8_192;
/** Slices of a search share some granules. */
const SHARED = 6 * GRANULE;

let temporary: TemporaryStore;
let store: Store;
let reads: QueryRead[] = [];
beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = await openStore({
    location: { kind: 'embedded', directory: temporary.directory },
    onRead: (read) => reads.push(read),
  });
  await fill();
});
afterAll(async () => {
  await store.close();
  await temporary.remove();
});

/** Ten spans a run, each with an order and a word of its own; and nine times as many runs without spans. */
async function fill(): Promise<void> {
  const began = `fromUnixTimestamp64Milli({now: Int64} - intDiv(number, 10) * 8000, 'UTC')`;
  const options = { parameters: { now: NOON_MS, spans: SPANS }, memoryBytesMax: 4 * 1024 ** 3 };
  await store.driver.command(
    `INSERT INTO ${store.database}.spans
       (project, trace_id, span_id, run_id, name, kind, start_time, duration_ns, status, agent, input, attribute_values, received_at)
     SELECT 'p', lower(hex(sipHash128(intDiv(number, 10)))) AS id, lower(hex(sipHash64(number))), id, 'chat', 'llm',
       ${began} + toIntervalMillisecond(number % 10), 1000000, 'Ok', 'a' || toString(number % 7), 'find thing' || toString(number),
       map('order.id', toString(number), 'tier', toString(number % 4)), ${began}
     FROM numbers({spans: UInt64})`,
    options,
  );
  await store.driver.command(
    `INSERT INTO ${store.database}.runs (project, run_id, revision, trace_id, name, state, start_time, duration_ns, user_id, agent)
     SELECT 'p', if(number % 10 = 0, lower(hex(sipHash128(intDiv(number, 10)))), 'without spans ' || toString(number)) AS id, 1, id,
       'answer', 'closed', fromUnixTimestamp64Milli({now: Int64} - number * 800, 'UTC'), 10000000, 'u' || toString(number), 'a'
     FROM numbers({spans: UInt64})`,
    options,
  );
}

/** Rows that were read meanwhile, all queries together. */
async function rowsOf(work: () => Promise<unknown>): Promise<number> {
  reads = [];
  await work();
  return rowsRead('');
}

/** Rows read of late by the queries with this in their text. */
function rowsRead(text: string): number {
  return reads.filter((read) => read.sql.includes(text)).reduce((sum, read) => sum + read.rows, 0);
}

async function idOf(run: number): Promise<string> {
  const [row] = await store.driver.query<{ id: string }>(
    'SELECT lower(hex(sipHash128({run: UInt64}))) AS id',
    { parameters: { run } },
  );
  return row?.id ?? '';
}

describe('rows read', () => {
  test('the newest runs: an hour of runs, not all', async () => {
    const runs = await store.listRuns({ project: 'p' });
    expect(runs).toHaveLength(50);
    expect(await rowsOf(() => store.listRuns({ project: 'p' }))).toBeLessThanOrEqual(2 * GRANULE);
    // Where the newest runs are is known by now.
    expect(reads).toHaveLength(1);
    const [oldest] = runs.slice(-1);
    const further = { project: 'p', ...(oldest && { after: oldest }) };
    expect(await rowsOf(() => store.listRuns(further))).toBeLessThanOrEqual(2 * GRANULE);
    expect(reads).toHaveLength(1);
  });

  test('the few runs of one user: every run once, whatever windows they are looked for in', async () => {
    await store.listRuns({ project: 'p' });
    let runs = 0;
    const rows = await rowsOf(async () => {
      runs = (await store.listRuns({ project: 'p', userId: `u${SPANS - 1}` })).length;
    });
    expect(runs).toBe(1);
    expect(reads.length).toBeGreaterThan(2);
    expect(rows).toBeLessThanOrEqual(SPANS + 6 * GRANULE);
  });

  test('one run by its id: a few granules of each table', async () => {
    const id = await idOf(RUNS / 2);
    const rows = await rowsOf(async () => {
      const [run, spans] = await Promise.all([store.findRun('p', id), store.readRun('p', id)]);
      expect([run?.runId, spans.length]).toEqual([id, 10]);
    });
    expect(rows).toBeLessThanOrEqual(4 * GRANULE);
    // Its times, looked up once for both; the run; its spans; log records, where calls without an output may have theirs.
    expect(reads).toHaveLength(4);
    expect(await rowsOf(() => store.findRun('p', 'not there'))).toBeLessThanOrEqual(GRANULE);
  });

  test('an attribute of one span: its granule, over all days', async () => {
    const search = { project: 'p', span: { attributes: [['order.id', String(SPANS / 2)]] } } as const;
    const { runs } = await store.searchRuns(search);
    expect(runs.map((run) => run.runId)).toEqual([await idOf(SPANS / 20)]);
    expect(rowsRead('has(attribute_pairs')).toBeGreaterThan(0);
    expect(rowsRead('has(attribute_pairs')).toBeLessThanOrEqual(SHARED + 3 * GRANULE);
  });

  test('an attribute that every fourth span has: the newest minutes', async () => {
    const search = { project: 'p', span: { attributes: [['tier', '1']] } } as const;
    await store.searchRuns(search);
    reads = [];
    expect((await store.searchRuns(search)).runs).toHaveLength(50);
    expect(rowsRead('has(attribute_pairs')).toBeLessThanOrEqual(5 * GRANULE);
  });

  test('a time range bounds what is read, whatever is searched', async () => {
    reads = [];
    const range = { startedAfterMs: NOON_MS - 26 * 3_600_000, startedBeforeMs: NOON_MS - 25 * 3_600_000 };
    expect((await store.searchRuns({ project: 'p', span: { text: 'nothing' }, ...range })).runs).toEqual([]);
    expect(rowsRead('hasToken')).toBeGreaterThan(0);
    // 450 runs of ten spans, and an hour for spans after the end of their run: each slice may begin a granule of its own.
    expect(rowsRead('hasToken')).toBeLessThanOrEqual(12 * GRANULE);
  });

  test('a word: all of the current day, of finished days what their index leaves', async () => {
    const wordRows = async (word: number): Promise<number> => {
      reads = [];
      const { runs } = await store.searchRuns({ project: 'p', span: { text: `thing${word}` } });
      expect(runs.map((run) => run.runId)).toEqual(word < SPANS ? [await idOf(Math.floor(word / 10))] : []);
      // Every run is read once, to know when the spans of each slice end: for spans and log records together.
      expect(rowsRead('AS until')).toBeLessThanOrEqual(SPANS + SHARED);
      return rowsRead('FROM tracelore.spans');
    };
    const [today] = await store.driver.query<{ n: string }>(
      `SELECT count() AS n FROM ${store.database}.spans WHERE start_time >= toDate('2026-11-20')`,
    );
    // What merges and product inserts leave behind: no index of words.
    await store.driver.command(`OPTIMIZE TABLE ${store.database}.spans FINAL`);
    expect(await wordRows(SPANS + 1)).toBeGreaterThanOrEqual(SPANS);
    expect(await indexWords(store.driver, store.database, NOON_MS, -3_600_000_000)).toBeGreaterThan(0);
    const budget = SHARED + Number(today?.n) + 4 * GRANULE;
    expect(await wordRows(SPANS + 2)).toBeLessThanOrEqual(budget);
    expect(await wordRows(SPANS - 5)).toBeLessThanOrEqual(budget);
    expect(await indexWords(store.driver, store.database, NOON_MS, -3_600_000_000)).toBe(0);

    await useTextIndex(store.driver, store.database, true);
    await store.driver.command(`OPTIMIZE TABLE ${store.database}.spans FINAL`);
    expect(await wordRows(SPANS + 3)).toBeLessThanOrEqual(SHARED + GRANULE);
    expect(await wordRows(SPANS - 6)).toBeLessThanOrEqual(SHARED + 2 * GRANULE);
    await useTextIndex(store.driver, store.database, false);
    expect(await wordRows(SPANS - 7)).toBeGreaterThan(SHARED + GRANULE);
  });
});

describe('conditions reach the indexes through the view otel_traces', () => {
  /** What each index leaves of the granules it sees, by the engine's own plan. */
  async function granulesOf(condition: string): Promise<Record<string, [left: number, of: number]>> {
    const plan = await store.driver.query<{ explain: string }>(
      `EXPLAIN indexes = 1 SELECT SpanName FROM ${store.database}.otel_traces WHERE ${condition}`,
    );
    const granules: Record<string, [number, number]> = {};
    let name = '';
    for (const { explain } of plan) {
      const line = explain.trim();
      if (/^(Min-?Max|Partition|PrimaryKey)$/i.test(line)) name = line;
      name = /^Name: (\w+)$/.exec(line)?.[1] ?? name;
      const [, left, of] = /^Granules: (\d+)\/(\d+)$/.exec(line) ?? [];
      if (left !== undefined) granules[name] = [Number(left), Number(of)];
    }
    return granules;
  }

  test('a trace id alone', async () => {
    const { idx_trace_id: [left, of] = [] } = await granulesOf(`TraceId = '${await idOf(1_000)}'`);
    expect(of).toBeGreaterThan(20);
    expect(left).toBeLessThanOrEqual(3);
  });

  test('a time', async () => {
    const granules = await granulesOf(
      `Timestamp >= toDateTime('2026-11-20 11:59:00') AND Timestamp <= toDateTime('2026-11-20 12:00:00')`,
    );
    const all = Object.values(granules)[0]?.[1] ?? 0;
    const left = Math.min(...Object.values(granules).map(([granulesLeft]) => granulesLeft));
    expect(all).toBeGreaterThan(20);
    expect(left).toBeLessThanOrEqual(2);
  });
});

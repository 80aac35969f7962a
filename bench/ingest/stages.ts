import { createCollector, type Batch } from '@tracelore/collector';
import { openStore, type Store } from '@tracelore/collector/store';
import { decodeProtobufTraces } from '../../collector/src/decode/protobuf-request.ts';
import { normalizeSpans } from '../../collector/src/normalize/normalize-span.ts';
import { redactSpans } from '../../collector/src/redact/redact-records.ts';
import { Redactor } from '../../collector/src/redact/redactor.ts';
import { nextNumbers } from '../child-process.ts';
import { ITEMS, REQUESTS, startLoad } from './load-collector.ts';
import { isSpanShape, spansBody, SPANS_PER_REQUEST, type SpanShape } from './payload.ts';
import { STAGES, type Stage } from './stage-names.ts';

/** Spans of one trace: as many as an agent's run has. */
const SPANS_PER_TRACE = 8;
/** Requests that are committed together under load. */
const REQUESTS_PER_COMMIT = 10;
const RUNS_PER_REFRESH = 500;
/** Sent before anything is measured: code is compiled, pools are filled. */
const WARM_UP_REQUESTS = 20;
const PROJECT = 'default';

/**
 * One stage after the other over the same requests, each with the product's own code: CPU of the whole process per span, in µs.
 * Merges are held back while rows are inserted and then happen once. Answers its parent with one number per stage.
 */
const [directory = '', shape = 'genai'] = process.argv.slice(2);
if (!isSpanShape(shape)) throw new Error(`expected genai, prose or small as shape, got ${shape}`);
const store = await openStore({ location: { kind: 'embedded', directory } });
const spent: Record<Stage, number> = { ...zero(), ...(await receiving(store, shape)) };
const redactor = new Redactor({});
await holdMerges(store);
await stored(store, shape, 0, WARM_UP_REQUESTS, zero());
const runIds = await stored(store, shape, WARM_UP_REQUESTS, REQUESTS, spent);
await merged(store, spent);
await refreshed(store, runIds, spent, 'readBack');
process.send?.(Object.fromEntries(STAGES.map((stage) => [stage, spent[stage] / ITEMS])));
await store.close();
process.disconnect();

/** What comes before the engine, timed request by request, and the inserts. Returns the runs that were touched. */
async function stored(
  into: Store,
  of: SpanShape,
  firstRequest: number,
  requests: number,
  used: Record<Stage, number>,
): Promise<string[]> {
  const runs = new Set<string>();
  let touched = new Set<string>();
  let waiting: ReturnType<Store['prepare']>[] = [];
  for (let request = firstRequest; request < firstRequest + requests; request += 1) {
    const count = SPANS_PER_REQUEST;
    const range = { first: request * count, count, perTrace: SPANS_PER_TRACE, startMs: Date.now() - 60_000 };
    const body = Buffer.from(spansBody(of, range));
    const { items } = timed(used, 'decode', () => decodeProtobufTraces(body));
    const clean = timed(used, 'redact', () => redactSpans(redactor, items));
    const batch: Batch = timed(used, 'normalise', () => ({
      ...normalizeSpans(clean, () => PROJECT, Date.now()),
      logs: [],
    }));
    for (const { runId } of batch.spans) touched.add(runId);
    waiting.push(timed(used, 'encode', () => into.prepare([batch])));
    if (waiting.length < REQUESTS_PER_COMMIT && request + 1 < firstRequest + requests) continue;
    const together = waiting;
    waiting = [];
    await timedWait(used, 'insert', () => into.writePrepared(together, `stages ${request}`));
    await refreshed(into, [...touched], used, 'runs');
    for (const run of touched) runs.add(run);
    touched = new Set();
  }
  return [...runs];
}

/** The real receiver in front of a store that takes nothing: what HTTP, inflating and the answers cost beside the decoder's part. */
async function receiving(
  real: Store,
  of: SpanShape,
): Promise<Pick<Record<Stage, number>, 'receive' | 'inflate'>> {
  const decoding = await throughReceiver(real, of, false);
  const inflating = await throughReceiver(real, of, true);
  return { receive: decoding, inflate: inflating - decoding };
}

async function throughReceiver(real: Store, of: SpanShape, gzip: boolean): Promise<number> {
  const nothing = {
    ...real,
    // Nothing is taken from the batches either: they are not decoded.
    prepare: () => ({ rows: 0, bytes: 0 }),
    writePrepared: async () => undefined,
    refresh: async () => undefined,
  };
  const collector = createCollector({ store: nothing, port: 0, redaction: false });
  await collector.start();
  const load = startLoad(collector.address.url, { shape: of, gzip });
  await nextNumbers(load, ['bytesPerItem']);
  const before = process.cpuUsage();
  load.send('go');
  await nextNumbers(load, ['elapsedMs']);
  const used = usOf(process.cpuUsage(before));
  await collector.shutdown();
  return used;
}

async function holdMerges({ driver, database }: Store): Promise<void> {
  for (const table of await tablesOf({ driver, database }))
    await driver.command(
      `ALTER TABLE ${database}.${table} MODIFY SETTING max_bytes_to_merge_at_max_space_in_pool = 1`,
    );
}

async function merged(into: Store, used: Record<Stage, number>): Promise<void> {
  for (const table of await tablesOf(into))
    await timedWait(used, 'merge', () =>
      into.driver.command(`OPTIMIZE TABLE ${into.database}.${table} FINAL`),
    );
}

/** `spans` and what its views fill. */
async function tablesOf({ driver, database }: Pick<Store, 'driver' | 'database'>): Promise<string[]> {
  const tables = await driver.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = {database: String}
       AND (name = 'spans' OR name IN (SELECT replaceOne(name, '_from_spans', '') FROM system.tables WHERE engine = 'MaterializedView'))
       AND engine LIKE '%MergeTree'`,
    { parameters: { database } },
  );
  return tables.map(({ name }) => name);
}

/** `runs` while they are in memory; afterwards they are read back. */
async function refreshed(
  into: Store,
  runs: readonly string[],
  used: Record<Stage, number>,
  stage: Stage,
): Promise<void> {
  for (let from = 0; from < runs.length; from += RUNS_PER_REFRESH) {
    const some = runs.slice(from, from + RUNS_PER_REFRESH).map((runId) => ({ project: PROJECT, runId }));
    await timedWait(used, stage, () => into.refresh(some, Date.now()));
  }
}

function timed<T>(used: Record<Stage, number>, stage: Stage, work: () => T): T {
  const before = process.cpuUsage();
  const result = work();
  used[stage] += usOf(process.cpuUsage(before));
  return result;
}

async function timedWait(
  used: Record<Stage, number>,
  stage: Stage,
  work: () => Promise<void>,
): Promise<void> {
  const before = process.cpuUsage();
  await work();
  used[stage] += usOf(process.cpuUsage(before));
}

function zero(): Record<Stage, number> {
  return {
    receive: 0,
    inflate: 0,
    decode: 0,
    redact: 0,
    normalise: 0,
    encode: 0,
    insert: 0,
    merge: 0,
    runs: 0,
    readBack: 0,
  };
}

function usOf({ user, system }: NodeJS.CpuUsage): number {
  return user + system;
}

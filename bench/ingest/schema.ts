import { setTimeout as delay } from 'node:timers/promises';
import { openStore, type Store } from '@tracelore/collector/store';
import { decodeProtobufTraces } from '../../collector/src/decode/protobuf-request.ts';
import { normalizeSpans } from '../../collector/src/normalize/normalize-span.ts';
import { WORD_INDEX } from '../../collector/src/store/tables.ts';
import { minimum } from '../sample.ts';
import { requestBody, SPANS_PER_REQUEST, traceIdOf, type SpanShape } from './payload.ts';
import { withoutIndex, type Variant } from './schema-variants.ts';

const BLOCKS = 4;
const REQUESTS_PER_BLOCK = 20;
const ROWS_PER_BLOCK: number = REQUESTS_PER_BLOCK * SPANS_PER_REQUEST;
const ROWS: number = BLOCKS * ROWS_PER_BLOCK;
const MERGE_ROUND_MS = 20;
const MERGE_ROUNDS_MAX = 6_000;

/** What one form of the table costs, µs of CPU per span, and bytes per span on disk after a complete merge. */
export interface SchemaCost {
  readonly insertUs: number;
  readonly mergeUs: number;
  readonly bytes: number;
}

/**
 * Inserts the same blocks of spans, as the collector has stored them, into every form of the table, then merges each once.
 * What rows cost before they are in the engine's memory is left out: it is the same for all. Forms take turns; of their
 * rounds the cheapest counts.
 */
export async function compareSchemas(
  directory: string,
  shape: SpanShape,
  variants: readonly Variant[],
  rounds: number,
): Promise<Map<string, SchemaCost>> {
  const store = await openStore({ location: { kind: 'embedded', directory } });
  const columns = await fillBlocks(store, shape);
  const [table] = await store.driver.query<{ ddl: string }>(
    `SELECT create_table_query AS ddl FROM system.tables WHERE database = {database: String} AND name = 'spans'`,
    { parameters: { database: store.database } },
  );
  const ddl = table?.ddl ?? '';
  // What the product's inserts and merges leave to finished days costs them nothing.
  const withoutWords = withoutIndex(WORD_INDEX);
  const costs = new Map<string, SchemaCost[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, change, indexesWords = false } of variants) {
      const of = costs.get(name) ?? [];
      of.push(await costOf(store, change(indexesWords ? ddl : withoutWords(ddl)), columns));
      costs.set(name, of);
    }
  }
  await store.close();
  return new Map([...costs].map(([name, of]) => [name, cheapest(of)]));
}

function cheapest(costs: readonly SchemaCost[]): SchemaCost {
  return {
    insertUs: minimum(costs.map(({ insertUs }) => insertUs)),
    mergeUs: minimum(costs.map(({ mergeUs }) => mergeUs)),
    bytes: costs[0]?.bytes ?? 0,
  };
}

/** Spans as the collector stores them, then by block in tables in memory. Returns their columns. */
async function fillBlocks(store: Store, shape: SpanShape): Promise<string> {
  const { driver, database } = store;
  const startMs = Date.now() - 120_000;
  for (let request = 0; request < BLOCKS * REQUESTS_PER_BLOCK; request += 1) {
    const { items } = decodeProtobufTraces(Buffer.from(requestBody(shape, request, startMs)));
    const normal = normalizeSpans(items, () => 'default', Date.now());
    await store.write({ ...normal, logs: [] }, `schema ${request}`);
  }
  const columns = await driver.query<{ name: string; type: string }>(
    `SELECT name, type FROM system.columns WHERE database = {database: String} AND table = 'spans' AND default_kind = '' ORDER BY position`,
    { parameters: { database } },
  );
  const names = columns.map(({ name }) => `\`${name}\``).join(', ');
  const definitions = columns.map(({ name, type }) => `\`${name}\` ${type}`).join(', ');
  for (let block = 0; block < BLOCKS; block += 1) {
    await driver.command(`CREATE TABLE ${database}.block_${block} (${definitions}) ENGINE = Memory`);
    const traces = Array.from({ length: REQUESTS_PER_BLOCK }, (_, index) =>
      traceIdOf(block * REQUESTS_PER_BLOCK + index),
    );
    await driver.command(
      `INSERT INTO ${database}.block_${block} SELECT ${names} FROM ${database}.spans WHERE trace_id IN {traces: Array(String)}`,
      { parameters: { traces } },
    );
  }
  return names;
}

async function costOf({ driver, database }: Store, ddl: string, columns: string): Promise<SchemaCost> {
  const table = `${database}.tried`;
  await driver.command(`DROP TABLE IF EXISTS ${table} SYNC`);
  await driver.command(ddl.replace(`${database}.spans`, table));
  await driver.command(`ALTER TABLE ${table} MODIFY SETTING max_bytes_to_merge_at_max_space_in_pool = 1`);
  const insertUs = await cpuUs(async () => {
    for (let block = 0; block < BLOCKS; block += 1)
      await driver.command(
        `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM ${database}.block_${block}`,
      );
  });
  await driver.command(`ALTER TABLE ${table} RESET SETTING max_bytes_to_merge_at_max_space_in_pool`);
  const mergeUs = await cpuUs(async () => {
    await driver.command(`OPTIMIZE TABLE ${table} FINAL`);
    await mergesSettled(driver);
  });
  const [size] = await driver.query<{ bytes: string; rows: string }>(
    `SELECT sum(bytes_on_disk) AS bytes, sum(rows) AS rows FROM system.parts
     WHERE database = {database: String} AND table = 'tried' AND active`,
    { parameters: { database } },
  );
  if (Number(size?.rows) !== ROWS) throw new Error(`inserted ${ROWS} rows, found ${size?.rows}`);
  return { insertUs: insertUs / ROWS, mergeUs: mergeUs / ROWS, bytes: Number(size?.bytes) / ROWS };
}

async function cpuUs(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

async function mergesSettled(driver: Store['driver']): Promise<void> {
  for (let round = 0; round < MERGE_ROUNDS_MAX; round += 1) {
    const [merges] = await driver.query<{ running: string }>('SELECT count() AS running FROM system.merges');
    if (Number(merges?.running) === 0) return;
    await delay(MERGE_ROUND_MS);
  }
}

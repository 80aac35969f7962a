import type { ConversationSpan } from './conversation.ts';
import type { Place } from './spans-table.ts';
import type { RunKey, Variant } from './variant.ts';

/** Spans per insert: what comes within a second at the steady rate that the collector is rated for. */
export const SPANS_PER_INSERT = 250;
const READS = 5;

export interface Cost {
  /** Bytes per span after every part was merged into one. */
  readonly bytesPerSpan: number;
  /** µs of CPU per span: encoding and inserting. */
  readonly insertUs: number;
  /** Of it on the JavaScript thread. */
  readonly scriptUs: number;
  /** µs of CPU per span: one merge of everything. */
  readonly mergeUs: number;
  /** ms of CPU to read the content of one run, the fewest of some reads. */
  readonly readMs: number;
  readonly readCharacters: number;
  /** Rows that the engine expects to read for it. */
  readonly readRows: number;
}

/** Fills the variant's tables, merges them, reads one run, drops them. Merges happen once, at the end: they are comparable so. */
export async function measure(
  place: Place,
  variant: Variant,
  spans: readonly ConversationSpan[],
  run: RunKey,
): Promise<Cost> {
  const { driver, database } = place;
  await variant.create();
  for (const table of variant.tables)
    await driver.command(
      `ALTER TABLE ${database}.${table} MODIFY SETTING max_bytes_to_merge_at_max_space_in_pool = 1`,
    );
  const [cpu, script] = [process.cpuUsage(), process.threadCpuUsage()];
  for (let from = 0; from < spans.length; from += SPANS_PER_INSERT)
    await variant.insert(spans.slice(from, from + SPANS_PER_INSERT), `${variant.name} ${from}`);
  const [inserted, scripted] = [usOf(process.cpuUsage(cpu)), usOf(process.threadCpuUsage(script))];
  const beforeMerge = process.cpuUsage();
  for (const table of variant.tables) {
    await driver.command(`OPTIMIZE TABLE ${database}.${table} FINAL`, {
      timeoutMs: 120_000,
      memoryBytesMax: 4 * 1024 ** 3,
    });
  }
  const merged = usOf(process.cpuUsage(beforeMerge));
  const [stored] = await driver.query<{ bytes: string }>(
    `SELECT sum(bytes_on_disk) AS bytes FROM system.parts
     WHERE database = {database: String} AND has({tables: Array(String)}, table) AND active`,
    { parameters: { database, tables: variant.tables } },
  );
  const readMs: number[] = [];
  for (let round = 0; round < READS; round += 1) {
    const before = process.cpuUsage();
    await variant.read(place, run);
    readMs.push(usOf(process.cpuUsage(before)) / 1_000);
  }
  const counting = new CountingPlace(place);
  const readCharacters = await variant.read(counting, run);
  for (const table of variant.tables) await driver.command(`DROP TABLE ${database}.${table} SYNC`);
  return {
    bytesPerSpan: Number(stored?.bytes) / spans.length,
    insertUs: inserted / spans.length,
    scriptUs: scripted / spans.length,
    mergeUs: merged / spans.length,
    readMs: Math.min(...readMs),
    readCharacters,
    readRows: counting.rows,
  };
}

/** Sums up how many rows the engine expects to read for each query. */
class CountingPlace implements Place {
  readonly database: string;
  readonly driver: Place['driver'];
  rows = 0;

  constructor({ driver, database }: Place) {
    this.database = database;
    this.driver = {
      ...driver,
      query: async (sql, options) => {
        const tables = await driver.query<{ rows: string }>(`EXPLAIN ESTIMATE ${sql}`, options);
        for (const { rows } of tables) this.rows += Number(rows);
        return await driver.query(sql, options);
      },
    };
  }
}

function usOf({ user, system }: NodeJS.CpuUsage): number {
  return user + system;
}

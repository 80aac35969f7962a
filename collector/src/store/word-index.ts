import { untilDone } from './delete-rows.ts';
import type { SqlDriver } from './driver.ts';
import { localTable, onCluster, systemTable } from './placement.ts';
import { inDatabase } from './queries.ts';
import { WORD_INDEX } from './tables.ts';

const TABLES = ['spans', 'logs'] as const;
/** A day is finished when its parts have not changed this long, ms: late spans merge them again, which loses the index. */
const REST_MS = 900_000;
/** Time until the engine has taken the order to build, ms. */
const BUILD_TIMEOUT_MS = 600_000;
/** Days indexed in one pass, newest first: the engine has other things to do. */
export const DAYS_PER_PASS = 8;

/** Parts of finished days, told apart by what merges change of them; indexing any day counts the version of all parts up. */
const FINISHED = `
SELECT table, partition AS day, toString(cityHash64(arraySort(groupArray((min_block_number, max_block_number, level))))) AS hash
FROM {parts}
WHERE database = {database: String} AND table = {table: String} AND active
  AND partition < toString(toDate(fromUnixTimestamp64Milli({before: Int64}, 'UTC')))
GROUP BY table, partition
HAVING max(modification_time) < fromUnixTimestamp64Milli({before: Int64}, 'UTC')
  AND (table, day, hash) NOT IN (SELECT table_name, day, toString(parts) FROM {database}.indexed_days FINAL)
ORDER BY partition DESC
LIMIT {limit: UInt16}`;

const NOTE_INDEXED = `
INSERT INTO {database}.indexed_days (table_name, day, parts, at)
SELECT table, partition, cityHash64(arraySort(groupArray((min_block_number, max_block_number, level)))), now64(3)
FROM {parts}
WHERE database = {database: String} AND table = {table: String} AND active AND partition IN {days: Array(String)}
GROUP BY table, partition`;

/**
 * Indexes the words of days that are finished and were not indexed, or have changed since, newest first. Meant to run every
 * few minutes: days that are done cost one look. Resolves with the number of days that were indexed, at most
 * {@link DAYS_PER_PASS} per table. `now` in Unix ms.
 */
export async function indexWords(
  driver: SqlDriver,
  database: string,
  now: number,
  restMs: number = REST_MS,
): Promise<number> {
  const sql = (query: string): string =>
    inDatabase(query, database).replaceAll('{parts}', systemTable(driver, 'parts'));
  let indexed = 0;
  for (const name of TABLES) {
    const table = localTable(driver, name);
    const due = await driver.query<{ readonly day: string }>(sql(FINISHED), {
      parameters: { database, table, before: now - restMs, limit: DAYS_PER_PASS },
    });
    if (due.length === 0) continue;
    const days = due.map(({ day }) => day);
    // One statement for all: each makes the engine link the files of every part of the table anew.
    const commands = days.map((day) => `MATERIALIZE INDEX ${WORD_INDEX} IN PARTITION '${day}'`);
    await driver.command(`ALTER TABLE ${database}.${table}${onCluster(driver)} ${commands.join(', ')}`, {
      timeoutMs: BUILD_TIMEOUT_MS,
    });
    // From here on the engine does it, whatever becomes of this process.
    await driver.command(sql(NOTE_INDEXED), { parameters: { database, table, days } });
    await untilDone(driver, database, name);
    indexed += days.length;
  }
  return indexed;
}

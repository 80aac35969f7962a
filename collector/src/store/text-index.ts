import type { SqlDriver } from './driver.ts';
import { localTable, onCluster } from './placement.ts';

const TEXT_INDEX = 'idx_text';
const TABLES = ['spans', 'logs'] as const;
/** Words end where the index of finished days, and `hasToken`, end them: at what is no ASCII letter, digit or above ASCII. */
const TYPE = "text(tokenizer = 'splitByNonAlpha')";

/**
 * Switches the exact index of every word on or off. It is built with each insert and merge, and for what is there already in
 * the background; without it words of finished days are indexed roughly, and those of the current day are read through.
 */
export async function useTextIndex(driver: SqlDriver, database: string, wanted: boolean): Promise<void> {
  for (const name of TABLES) {
    const table = `${database}.${localTable(driver, name)}${onCluster(driver)}`;
    const [there] = await driver.query(
      `SELECT name FROM system.data_skipping_indices
       WHERE database = {database: String} AND table = {table: String} AND name = {index: String}`,
      { parameters: { database, table: localTable(driver, name), index: TEXT_INDEX } },
    );
    if (wanted === (there !== undefined)) continue;
    if (!wanted) {
      await driver.command(`ALTER TABLE ${table} DROP INDEX IF EXISTS ${TEXT_INDEX}`);
      continue;
    }
    await driver.command(`ALTER TABLE ${table} ADD INDEX IF NOT EXISTS ${TEXT_INDEX} words TYPE ${TYPE}`);
    await driver.command(`ALTER TABLE ${table} MATERIALIZE INDEX ${TEXT_INDEX}`);
  }
}

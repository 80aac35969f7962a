import { readdirSync } from 'node:fs';
import path from 'node:path';
import { CLOSE_DEADLINE_MS } from '../client-driver.ts';
import { checkedDatabase } from '../database-name.ts';
import type { SqlDriver } from '../driver.ts';
import { openDriver } from '../open-driver.ts';
import { StoreError } from '../store-error.ts';
import { readManifest, TABLES_FOLDER, type BackupManifest } from './backup-manifest.ts';

/** Longest restore, ms. */
const RESTORE_TIMEOUT_MS = 43_200_000;

export interface Restored {
  readonly database: string;
  readonly directory: string;
  /** Rows by table, all of them checked against the backup. */
  readonly tables: Readonly<Record<string, number>>;
}

/**
 * Restores a backup into a directory that is empty or does not exist, and checks every part of every table against the
 * backup's manifest. A directory in which this failed is of no use: remove it and start again.
 * @throws StoreError `not_empty`, `unsupported` (no backup), `restore_failed`
 */
export async function restoreBackup(options: {
  /** Folder of the backup. */
  readonly backup: string;
  readonly directory: string;
  /** Default: the name it had. */
  readonly database?: string;
}): Promise<Restored> {
  const backup = path.resolve(options.backup);
  const directory = path.resolve(options.directory);
  const manifest = readManifest(backup);
  const database = checkedDatabase(options.database ?? manifest.database);
  refuseUsed(directory);
  const driver = openDriver({ kind: 'embedded', directory, backups: path.dirname(backup) }, database);
  try {
    await restoreTables(driver, {
      from: manifest.database,
      to: database,
      folder: path.join(backup, TABLES_FOLDER),
    });
    await checkParts(driver, database, manifest);
    await remakeTimes(driver, database);
  } finally {
    await driver.close(CLOSE_DEADLINE_MS);
  }
  const tables = Object.entries(manifest.tables).map(([table, { rows }]) => [table, rows]);
  return { database, directory, tables: Object.fromEntries(tables) };
}

function refuseUsed(directory: string): void {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return; // Not there, or not readable: opening it says why.
  }
  if (names.length > 0)
    throw new StoreError(
      'not_empty',
      `${directory} is not empty (${names.slice(0, 3).join(', ')}): a backup is restored into a new directory only`,
    );
}

/** Tables first and rows then, so that no merge can begin in between: merged parts could not be compared. */
async function restoreTables(
  driver: SqlDriver,
  { from, to, folder }: { readonly from: string; readonly to: string; readonly folder: string },
): Promise<void> {
  const sql = `RESTORE DATABASE ${checkedDatabase(from)} AS ${checkedDatabase(to)} FROM File({folder: String})`;
  const options = { parameters: { folder }, timeoutMs: RESTORE_TIMEOUT_MS };
  await driver.command(`${sql} SETTINGS structure_only = 1`, options);
  await driver.command('SYSTEM STOP MERGES');
  await driver.command(sql, options);
}

async function checkParts(driver: SqlDriver, database: string, manifest: BackupManifest): Promise<void> {
  const rows = await driver.query<{ table: string; rows: string; hashes: string[] }>(
    `SELECT table, sum(rows) AS rows, groupArray(hash_of_all_files) AS hashes FROM system.parts
     WHERE database = {database: String} AND active GROUP BY table`,
    { parameters: { database } },
  );
  await driver.command('SYSTEM START MERGES');
  const found = new Map(rows.map((row) => [row.table, row]));
  for (const [table, expected] of Object.entries(manifest.tables)) {
    const actual = found.get(table);
    const same =
      Number(actual?.rows ?? 0) === expected.rows &&
      (actual?.hashes ?? []).toSorted().join() === expected.parts.toSorted().join();
    if (!same)
      throw new StoreError(
        'restore_failed',
        `${table}: expected ${expected.rows} rows in ${expected.parts.length} parts as they were backed up, found ` +
          `${actual?.rows ?? 0} rows in ${actual?.hashes.length ?? 0} parts that are not the same`,
      );
  }
}

/**
 * Makes the times of runs and traces anew from the spans: rows that came in while the backup ran may be in one of the two
 * tables only, and the number of spans has to be exact. In one stream, whose memory does not grow with the rows.
 */
async function remakeTimes(driver: SqlDriver, database: string): Promise<void> {
  const [view] = await driver.query<{ spans: string }>(
    `SELECT as_select AS spans FROM system.tables WHERE database = {database: String} AND name = 'id_times_from_spans'`,
    { parameters: { database } },
  );
  if (view === undefined)
    throw new StoreError('restore_failed', `${database}: expected the view id_times_from_spans`);
  await driver.command(`TRUNCATE TABLE ${database}.id_times`);
  await driver.command(`INSERT INTO ${database}.id_times ${view.spans}`, { timeoutMs: RESTORE_TIMEOUT_MS });
}

import { CLOSE_DEADLINE_MS } from './client-driver.ts';
import { checkedDatabase } from './database-name.ts';
import type { SqlDriver } from './driver.ts';
import { loadMigrations, migrate } from './migrations.ts';
import { openDriver } from './open-driver.ts';
import { onCluster } from './placement.ts';
import { packBatches, unpackBatches } from './pack-batches.ts';
import { prepareBatches } from './prepare-batches.ts';
import { RecentRuns } from './recent-runs.ts';
import type { Store, StoreOptions } from './store.ts';
import { runWriter } from './run-writer.ts';
import { traceReader } from './trace-reader.ts';
import { writePrepared } from './write-batch.ts';

export const DEFAULT_DATABASE = 'tracelore';

/**
 * Opens the engine or connects to the server, creates the database and brings the collector's tables up to date.
 * @throws StoreError `locked`, `unsupported`, `newer_database`, `migration`, `unavailable`.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const database = checkedDatabase(options.database ?? DEFAULT_DATABASE);
  const driver = openDriver(options.location, database, options.onRead);
  try {
    await createDatabase(driver, database);
    await migrate(driver, {
      database,
      package: 'collector',
      migrations: loadMigrations(new URL('./schema/', import.meta.url)),
    });
  } catch (error) {
    await driver.close(CLOSE_DEADLINE_MS);
    throw error;
  }
  const recent = new RecentRuns();
  return {
    driver,
    database,
    location: options.location,
    prepare: prepareBatches,
    writePrepared: (batches, token) => writePrepared(driver, batches, token, recent),
    pack: packBatches,
    unpack: unpackBatches,
    // Encoding throws; callers of a promise expect a rejection.
    write: async (batch, token) => await writePrepared(driver, [prepareBatches([batch])], token, recent),
    ...traceReader(driver, database),
    ...runWriter({ driver, database, recent }),
    close: (deadlineMs) => driver.close(deadlineMs),
  };
}

/** Only when it is not there: a server's user may use a database without being allowed to create one. */
async function createDatabase(driver: SqlDriver, database: string): Promise<void> {
  const found = await driver.query('SELECT name FROM system.databases WHERE name = {database: String}', {
    parameters: { database },
  });
  if (found.length > 0 && driver.cluster === undefined) return;
  await driver.command(`CREATE DATABASE IF NOT EXISTS ${database}${onCluster(driver)} ENGINE = Atomic`);
}

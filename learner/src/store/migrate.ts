import { loadMigrations, migrate, type Store } from '@tracelore/collector/store';

/** Creates or updates the learner's tables beside the collector's. Safe to call at every start. */
export async function migrateLearner(store: Pick<Store, 'driver' | 'database'>): Promise<void> {
  const migrations = loadMigrations(new URL('./schema/', import.meta.url));
  await migrate(store.driver, { database: store.database, package: 'learner', migrations });
}

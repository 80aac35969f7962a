import { openStore, StoreError, type Store } from '@tracelore/collector/store';
import type { Config } from '../config.ts';
import { locationOf } from '../store/location.ts';
import { CliError } from './cli-error.ts';

/** Opens the database that the configuration names. Throws a {@link CliError} or `StoreError` that says what to do. */
export async function openConfiguredStore(config: Config): Promise<Store> {
  try {
    return await openStore({ location: locationOf(config), database: config.database });
  } catch (error) {
    throw unusable(error, config);
  }
}

/** A server that cannot be used is named with where its address comes from; its user and password are not shown. */
function unusable(error: unknown, { clickhouseUrl }: Config): unknown {
  if (clickhouseUrl === '' || !StoreError.isInstance(error)) return error;
  const { host } = new URL(clickhouseUrl);
  return new CliError(
    `The ClickHouse server at ${host} cannot be used: ${error.message}. Check --clickhouse-url or TRACELORE_CLICKHOUSE_URL; without it the data is kept in a directory.`,
    { cause: error },
  );
}

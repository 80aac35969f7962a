import path from 'node:path';
import { openStore, StoreError, type Store, type StoreLocation } from '@tracelore/collector/store';
import type { Config } from '../config.ts';
import { CliError } from './cli-error.ts';

/** Opens the database that the configuration names. Throws a {@link CliError} or `StoreError` that says what to do. */
export async function openConfiguredStore(config: Config): Promise<Store> {
  try {
    return await openStore({ location: locationOf(config), database: config.database });
  } catch (error) {
    throw unusable(error, config);
  }
}

/** Where the configuration keeps the data. */
export function locationOf(config: Config): StoreLocation {
  if (config.clickhouseUrl === '') {
    const { durability, backups } = config;
    return {
      kind: 'embedded',
      directory: path.resolve(config.data),
      durability,
      ...(backups === '' ? {} : { backups: path.resolve(backups) }),
    };
  }
  const { clickhouseCluster: cluster, clickhouseCa, clickhouseCert, clickhouseKey } = config;
  return {
    ...serverLocation(config.clickhouseUrl),
    ...(cluster === '' ? {} : { cluster }),
    ...(clickhouseCa === ''
      ? {}
      : {
          tls: {
            caFile: clickhouseCa,
            ...(clickhouseCert === '' ? {} : { certFile: clickhouseCert, keyFile: clickhouseKey }),
          },
        }),
  };
}

/** A server by its URL, in which user and password may stand. */
export function serverLocation(address: string): Extract<StoreLocation, { kind: 'server' }> {
  const url = new URL(address);
  const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  url.username = '';
  url.password = '';
  return {
    kind: 'server',
    url: url.href,
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
  };
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

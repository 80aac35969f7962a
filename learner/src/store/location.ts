import path from 'node:path';
import type { StoreLocation } from '@tracelore/collector/store';
import type { Config } from '../config.ts';

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

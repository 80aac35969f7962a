import { readFileSync } from 'node:fs';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { clientDriver } from './client-driver.ts';
import { ChdbConnection } from './chdb/connection.ts';
import { openEngine } from './chdb/engine.ts';
import type { QueryRead, SqlDriver } from './driver.ts';
import type { ServerTls, StoreLocation } from './store.ts';
import { StoreError } from './store-error.ts';

const SERVER_REQUEST_TIMEOUT_MS = 600_000;
const SERVER_CONNECTIONS_MAX = 10;

/** Errors reach the caller; the client would print them as well. */
const QUIET = { level: ClickHouseLogLevel.OFF };

/** Opens the embedded engine or a client of a server. The database need not exist yet. */
export function openDriver(
  location: StoreLocation,
  database: string,
  onRead?: (read: QueryRead) => void,
): SqlDriver {
  if (location.kind === 'embedded') {
    const engine = openEngine(location.directory, location);
    const client = createClient({ connection: new ChdbConnection(engine), log: QUIET });
    return clientDriver(client, { database }, (deadlineMs) => engine.close(deadlineMs), onRead);
  }
  const client = createClient({
    url: location.url,
    ...(location.username === undefined ? {} : { username: location.username }),
    ...(location.password === undefined ? {} : { password: location.password }),
    application: 'tracelore',
    log: QUIET,
    request_timeout: SERVER_REQUEST_TIMEOUT_MS,
    max_open_connections: SERVER_CONNECTIONS_MAX,
    // The client's own idle timers forget one when a request is stopped while it waits for a socket, and then destroy a
    // socket in use. Node's agent closes idle sockets by the server's Keep-Alive header without them.
    keep_alive: { idle_socket_ttl: 0 },
    // Hundreds of ids do not fit into a URL.
    use_multipart_params_auto: true,
    compression: { request: !isLoopback(location.url), response: !isLoopback(location.url) },
    ...(location.tls === undefined ? {} : { tls: loadServerTls(location.tls) }),
  });
  return clientDriver(
    client,
    { database, cluster: location.cluster, isServer: true },
    async () => undefined,
    onRead,
  );
}

/** @throws StoreError `unsupported` for a file that cannot be read, naming it */
function loadServerTls({ caFile, certFile, keyFile }: ServerTls): {
  ca_cert: Buffer;
  cert?: Buffer;
  key?: Buffer;
} {
  const ca = { ca_cert: readPem(caFile) };
  return certFile === undefined || keyFile === undefined
    ? ca
    : { ...ca, cert: readPem(certFile), key: readPem(keyFile) };
}

function readPem(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StoreError('unsupported', `TLS to the ClickHouse server: ${file} cannot be read: ${why}`, {
      cause: error,
    });
  }
}

/** Compression costs more than it saves where no network lies between. */
function isLoopback(url: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
}

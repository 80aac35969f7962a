import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import {
  createServer as createHttpServer,
  request,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { openEngine } from './chdb/engine.ts';
import type { SqlDriver } from './driver.ts';
import { encodeRows } from './encode-rows.ts';
import { openDriver } from './open-driver.ts';
import type { StoreLocation } from './store.ts';
import { startHttpFront } from './testing/http-front.ts';

// What goes over the wire to a ClickHouse server: through a proxy that writes it down, to the engine behind its HTTP front.
const directory = mkdtempSync(path.join(tmpdir(), 'tracelore-server-'));
const engine = openEngine(directory);
const front = await startHttpFront(engine);
const closers: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closers.toReversed()) await close();
  await front.close();
  await engine.close(10_000);
  rmSync(directory, { recursive: true });
});

interface Seen {
  readonly parameters: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

function forward(seen: Seen[]): (incoming: IncomingMessage, response: ServerResponse) => void {
  return (incoming, response) => {
    void pass(incoming, response, seen);
  };
}

async function pass(incoming: IncomingMessage, response: ServerResponse, seen: Seen[]): Promise<void> {
  const url = new URL(incoming.url ?? '/', front.url);
  seen.push({ parameters: url.searchParams, headers: incoming.headers });
  const body = await buffer(incoming);
  const {
    'content-encoding': encoding,
    'content-length': _,
    'transfer-encoding': __,
    ...headers
  } = incoming.headers;
  const outgoing = request(url, { method: incoming.method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  });
  outgoing.end(encoding === 'gzip' ? gunzipSync(body) : body);
}

/** Certificates of a made-up authority. */
function file(name: string): string {
  return fileURLToPath(new URL(`../testing/fixtures/tls/${name}`, import.meta.url));
}

async function startProxy(options: {
  readonly host?: string;
  readonly tls?: boolean;
}): Promise<{ url: string; seen: Seen[] }> {
  const { host = '127.0.0.1', tls = false } = options;
  const seen: Seen[] = [];
  const server = tls
    ? createHttpsServer(
        {
          key: readFileSync(file('server.key')),
          cert: readFileSync(file('server.pem')),
          ca: readFileSync(file('ca.pem')),
          requestCert: true,
          rejectUnauthorized: true,
        },
        forward(seen),
      )
    : createHttpServer(forward(seen));
  await new Promise<void>((resolve) => {
    server.listen(0, host, resolve);
  });
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  const { port }: AddressInfo = Object(server.address());
  return { url: `${tls ? 'https' : 'http'}://${host}:${port}`, seen };
}

let tables = 0;
/** Creates a table, inserts a row and reads it. */
async function roundTrip(driver: SqlDriver): Promise<unknown> {
  const table = `default.t${tables++}`;
  await driver.command(
    `CREATE TABLE ${table} (x UInt8) ENGINE = MergeTree ORDER BY x SETTINGS non_replicated_deduplication_window = 10`,
  );
  await driver.insert(encodeRows({ name: table, columns: { x: 'UInt8' } }, [{ x: 7 }], 'token'));
  return await driver.query(`SELECT x FROM ${table}`);
}

async function withDriver(
  location: Omit<Extract<StoreLocation, { kind: 'server' }>, 'kind'>,
  work: (driver: SqlDriver) => Promise<void>,
): Promise<void> {
  const driver = openDriver({ kind: 'server', ...location }, 'default');
  try {
    await work(driver);
  } finally {
    await driver.close();
  }
}

function insertIn(seen: readonly Seen[]): Seen | undefined {
  return seen.find(({ parameters }) => parameters.get('query')?.startsWith('INSERT') === true);
}

test('an insert says itself that the server must not buffer it, and what it is known by', async () => {
  const { url, seen } = await startProxy({});
  await withDriver({ url }, async (driver) => {
    expect(await roundTrip(driver)).toEqual([{ x: 7 }]);
  });
  const { parameters } = insertIn(seen) ?? {};
  expect(Object.fromEntries(parameters ?? [])).toMatchObject({
    async_insert: '0',
    insert_deduplicate: '1',
    insert_deduplication_token: 'token',
    deduplicate_blocks_in_dependent_materialized_views: '1',
    wait_end_of_query: '1',
  });
  expect(parameters?.has('insert_quorum')).toBe(false);
});

test('on a cluster an insert waits for most replicas, and a read sees what was answered before', async () => {
  const { url, seen } = await startProxy({});
  await withDriver({ url, cluster: 'c' }, async (driver) => {
    expect(await roundTrip(driver)).toEqual([{ x: 7 }]);
    expect(driver.cluster).toBe('c');
  });
  expect(Object.fromEntries(insertIn(seen)?.parameters ?? [])).toMatchObject({
    insert_quorum: 'auto',
    insert_quorum_parallel: '0',
    distributed_foreground_insert: '1',
    async_insert: '0',
  });
  const columns = { x: 'UInt8' };
  await withDriver({ url, cluster: 'c' }, async (driver) => {
    // Several processes write these at the same time; there is no such table here, which is told after the settings.
    const insert = driver.insert(encodeRows({ name: 'spans', columns }, [{ x: 1 }], 'other'));
    await expect(insert).rejects.toMatchObject({ code: 'UNKNOWN_TABLE' });
  });
  expect(Object.fromEntries(insertIn(seen.slice(-1))?.parameters ?? [])).toMatchObject({
    insert_quorum: 'auto',
    insert_quorum_parallel: '1',
  });
  const read = seen.find(
    ({ parameters }) => parameters.has('select_sequential_consistency') && !parameters.has('query'),
  );
  expect(Object.fromEntries(read?.parameters ?? [])).toMatchObject({
    load_balancing: 'in_order',
    select_sequential_consistency: '1',
    distributed_product_mode: 'global',
  });
});

test("TLS with an authority of one's own and a client certificate", async () => {
  const { url, seen } = await startProxy({ tls: true });
  const tls = { caFile: file('ca.pem'), certFile: file('client.pem'), keyFile: file('client.key') };
  await withDriver({ url, tls }, async (driver) => {
    expect(await roundTrip(driver)).toEqual([{ x: 7 }]);
  });
  expect(seen.length).toBeGreaterThan(2);
  // Without the certificate, and without the authority.
  await withDriver({ url, tls: { caFile: file('ca.pem') } }, async (driver) => {
    await expect(driver.query('SELECT 1')).rejects.toMatchObject({ code: 'unavailable' });
  });
  await withDriver({ url }, async (driver) => {
    await expect(driver.query('SELECT 1')).rejects.toMatchObject({ code: 'unavailable' });
  });
});

test('a PEM file that cannot be read is named', () => {
  const open = (): SqlDriver =>
    openDriver({ kind: 'server', url: 'https://127.0.0.1:1', tls: { caFile: '/no/ca.pem' } }, 'default');
  expect(open).toThrow('/no/ca.pem cannot be read');
});

// Elsewhere only 127.0.0.1 is an address of the machine.
test.runIf(process.platform === 'linux')(
  'to another machine requests are compressed, and answers may be',
  async () => {
    const near = await startProxy({});
    const far = await startProxy({ host: '127.0.0.2' });
    for (const { url } of [near, far])
      await withDriver({ url }, async (driver) => {
        expect(await roundTrip(driver)).toEqual([{ x: 7 }]);
      });
    expect(insertIn(far.seen)?.headers['content-encoding']).toBe('gzip');
    expect(far.seen.at(-1)?.headers['accept-encoding']).toContain('gzip');
    expect(insertIn(near.seen)?.headers['content-encoding']).toBeUndefined();
  },
);

/** The bytes of an answer that fails after 300 000 rows. */
async function failingBytes(driver: SqlDriver): Promise<number> {
  let bytes = 0;
  const sql = `SELECT number, throwIf(number = 300000, 'in the middle') FROM numbers(1000000)`;
  for await (const chunk of driver.bytes(sql, 'JSONEachRow', { rowsMax: 0 })) bytes += chunk.length;
  return bytes;
}

test('an answer that fails in its middle is an error, never a file that is shorter or has the error in it', async () => {
  await withDriver({ url: front.url }, async (driver) => {
    await expect(failingBytes(driver)).rejects.toThrow('in the middle');
    let text = '';
    for await (const chunk of driver.bytes('SELECT number AS x FROM numbers(1, 2)', 'JSONEachRow'))
      text += Buffer.from(chunk).toString();
    expect(text).toBe('{"x":"1"}\n{"x":"2"}\n');
  });
  const embedded = openDriver({ kind: 'embedded', directory }, 'default');
  await expect(failingBytes(embedded)).rejects.toThrow('in the middle');
  await embedded.close();
});

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { buffer } from 'node:stream/consumers';
import { ClickHouseLogLevel, createClient, drainStream } from '@clickhouse/client';
import { ChdbConnection } from '../../collector/src/store/chdb/connection.ts';
import { openEngine } from '../../collector/src/store/chdb/engine.ts';
import { nativeHello } from './native-hello.ts';

const CLOSE_DEADLINE_MS = 10_000;
const MERGE_ROUND_MS = 100;
const MERGE_ROUNDS_MAX = 300;

/**
 * As much of ClickHouse's HTTP interface as the Collector's exporter uses, in front of the embedded engine with the product's
 * own settings: a writable stand-in for a server, for this benchmark only. Answers to DESCRIBE are kept, since the exporter
 * asks before every insert over HTTP; settings in the URL are ignored (the engine has no asynchronous inserts).
 */
const [directory = '', database = 'otel'] = process.argv.slice(2);
const engine = openEngine(directory);
const client = createClient({
  connection: new ChdbConnection(engine),
  log: { level: ClickHouseLogLevel.OFF },
});
await client.command({ query: `CREATE DATABASE ${database} ENGINE = Atomic` });
const descriptions = new Map<string, Buffer>();
let rows = 0;
let inserts = 0;
const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    // A load that is not stored whole cannot be compared with anything.
    console.error(error);
    response.writeHead(500).end(`Code: 0. DB::Exception: ${String(error)}`, () => process.exit(1));
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  process.send?.({ url: `http://127.0.0.1:${address.port}` });
});
let cpu = process.cpuUsage();
let script = process.threadCpuUsage();
// Whoever started it is gone: nobody would end it.
process.once('disconnect', () => process.exit());
process.on('message', (message) => {
  if (message === 'begin') [cpu, script] = [process.cpuUsage(), process.threadCpuUsage()];
  if (message === 'end')
    report().catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const inserted = new URL(request.url ?? '/', 'http://front').searchParams.get('query');
  if (inserted !== null) {
    // Our connection knows names in backquotes only.
    const result = await client.exec({ query: inserted.replaceAll('"', '`'), values: request });
    await drainStream(result.stream);
    rows += Number(result.summary?.written_rows ?? 0);
    inserts += 1;
    response.end();
    process.send?.({ rows });
    return;
  }
  const query = (await buffer(request)).toString();
  if (query.includes('displayName()')) response.end(nativeHello('26.7.2.1'));
  else if (/^\s*DESC/i.test(query)) response.end(await described(query));
  else {
    await client.command({ query });
    response.end();
  }
}

async function described(query: string): Promise<Buffer> {
  let known = descriptions.get(query);
  if (known === undefined) {
    known = await buffer((await client.exec({ query: `${query} FORMAT Native` })).stream);
    descriptions.set(query, known);
  }
  return known;
}

async function report(): Promise<void> {
  await mergesSettled();
  const [used, scripted] = [process.cpuUsage(cpu), process.threadCpuUsage(script)];
  const [stored] = await select<{ rows: string; bytes: string }>(
    `SELECT sumIf(rows, table IN ('otel_traces', 'otel_logs')) AS rows, sum(bytes_on_disk) AS bytes
     FROM system.parts WHERE database = '${database}' AND active`,
  );
  process.send?.({
    cpuMs: (used.user + used.system) / 1_000,
    scriptMs: (scripted.user + scripted.system) / 1_000,
    stored: Number(stored?.rows),
    bytesOnDisk: Number(stored?.bytes),
    inserts,
  });
  server.closeAllConnections();
  server.close();
  await client.close();
  await engine.close(CLOSE_DEADLINE_MS);
  process.disconnect();
}

/** The merges that the inserts caused belong to their price. */
async function mergesSettled(): Promise<void> {
  for (let round = 0; round < MERGE_ROUNDS_MAX; round += 1) {
    const [merges] = await select<{ running: string }>('SELECT count() AS running FROM system.merges');
    if (Number(merges?.running) === 0) return;
    await delay(MERGE_ROUND_MS);
  }
}

async function select<Row>(query: string): Promise<Row[]> {
  return await (await client.query({ query, format: 'JSONEachRow' })).json<Row>();
}

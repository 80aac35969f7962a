import * as grpc from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCollector, type Collector } from '../collector.ts';
import { openTemporaryStore, type TemporaryStore } from '../store/testing/temporary-store.ts';
import { post, spanRequest } from '../testing/post.ts';
import type { IssuedKey } from './manage-keys.ts';
import { openTenancy, type Tenancy } from './open-tenancy.ts';
import { logExport, traceExport } from '../testing/protobuf-export.ts';

const KEYS = { alpha: 'key-of-project-alpha', beta: 'key-of-project-beta' };
const GATEWAY = 'key-of-the-gateway';

let temporary: TemporaryStore;
let tenancy: Tenancy;
let collector: Collector;
beforeAll(async () => {
  temporary = await openTemporaryStore();
  const configured = Object.entries(KEYS).map(([project, key]) => ({ project, key }));
  tenancy = await openTenancy({
    store: temporary.store,
    apiKeys: [...configured, { key: GATEWAY, project: '*' }],
    report: () => undefined,
  });
  collector = createCollector({
    store: temporary.store,
    port: 0,
    grpcPort: 0,
    commitIntervalMs: 0,
    keys: tenancy.ring,
  });
  await collector.start();
});
afterAll(async () => {
  await collector.shutdown();
  await tenancy.close();
  await temporary.remove();
});

type Send = (body: Buffer, headers: Record<string, string>, signal: 'traces' | 'logs') => Promise<boolean>;

const SERVICES = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
} as const;

const overHttp: Send = async (body, headers, signal) => {
  const { status } = await post(collector.address.url, body, { headers, path: `/v1/${signal}` });
  return status === 200;
};

const overGrpc: Send = (body, headers, signal) => {
  const target = `127.0.0.1:${collector.address.grpc?.port}`;
  const client = new grpc.Client(target, grpc.credentials.createInsecure(), { 'grpc.enable_retries': 0 });
  const metadata = new grpc.Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  const same = (bytes: Buffer): Buffer => bytes;
  return new Promise<boolean>((resolve) => {
    client.makeUnaryRequest(SERVICES[signal], same, same, body, metadata, (error) => resolve(error === null));
  }).finally(() => client.close());
};

/** `project:rows` of a table. */
async function rowsIn(table: 'spans' | 'logs'): Promise<string[]> {
  const rows = await temporary.store.driver.query<{ project: string; n: string }>(
    `SELECT project, count() AS n FROM tracelore.${table} GROUP BY project ORDER BY project`,
  );
  return rows.map(({ project, n }) => `${project}:${n}`);
}

test('the same bytes sent with the keys of two projects, over both receivers, are each stored once in each', async () => {
  const [spans, logs] = [traceExport(), logExport()];
  const sent = await Promise.all(
    Object.values(KEYS).flatMap((key) =>
      [overHttp, overGrpc].flatMap((send) => [
        send(spans, { 'x-api-key': key }, 'traces'),
        send(logs, { 'x-api-key': key }, 'logs'),
      ]),
    ),
  );
  expect(sent).toEqual(sent.map(() => true));
  expect([await rowsIn('spans'), await rowsIn('logs')]).toEqual([
    ['alpha:1', 'beta:1'],
    ['alpha:1', 'beta:1'],
  ]);
});

test.each([
  ['HTTP', overHttp],
  ['gRPC', overGrpc],
])('over %s nothing is stored with another key, no key, or for another project', async (_name, send) => {
  const before = await rowsIn('spans');
  const stranger: Record<string, string>[] = [
    {},
    { 'x-api-key': '' },
    { 'x-api-key': '*' },
    { 'x-api-key': KEYS.alpha.slice(0, -1) },
    { authorization: 'Bearer' },
    { 'x-api-key': KEYS.alpha, 'x-tracelore-project': 'beta' },
    { 'x-api-key': KEYS.alpha, 'x-tracelore-project': '*' },
    { 'x-api-key': KEYS.alpha, 'x-tracelore-project': "' OR 1=1" },
  ];
  const accepted: string[] = [];
  for (const headers of stranger)
    if (await send(traceExport(), headers, 'traces')) accepted.push(JSON.stringify(headers));
  expect(accepted).toEqual([]);
  expect(await rowsIn('spans')).toEqual(before);
});

test.each([
  ['HTTP', overHttp],
  ['gRPC', overGrpc],
])('over %s a key of the database sends if it may, until it is revoked', async (_name, send) => {
  const owner = { principal: undefined, actor: 'ann' };
  const make = (scope: 'ingest' | 'read'): Promise<IssuedKey> =>
    tenancy.keys.create({ project: 'epsilon', name: scope, scopes: [scope] }, owner);
  const [agents, readers] = [await make('ingest'), await make('read')];
  const sent = (key: string): Promise<boolean> => send(traceExport(), { 'x-api-key': key }, 'traces');
  expect([await sent(agents.key), await sent(readers.key)]).toEqual([true, false]);
  await tenancy.keys.revoke('epsilon', agents.record.keyId, owner);
  expect(await sent(agents.key)).toBe(false);
});

test('a resource names its project only with a key for all projects', async () => {
  const named = (project: string): Buffer => {
    const body = spanRequest();
    const [first] = body.resourceSpans;
    if (first !== undefined)
      first.resource = { attributes: [{ key: 'tracelore.project', value: { stringValue: project } }] };
    return Buffer.from(JSON.stringify(body));
  };
  const send = async (
    project: string,
    key: string,
    headers: Record<string, string> = {},
  ): Promise<number> => {
    const options = { type: 'application/json', headers: { 'x-api-key': key, ...headers } };
    return (await post(collector.address.url, named(project), options)).status;
  };
  const before = await rowsIn('spans');
  expect([await send('beta', KEYS.alpha), await send('*', KEYS.alpha), await send('*', GATEWAY)]).toEqual([
    403, 400, 400,
  ]);
  expect(await rowsIn('spans')).toEqual(before);
  expect([await send('gamma', GATEWAY), await send('', GATEWAY, { 'x-tracelore-project': 'delta' })]).toEqual(
    [200, 200],
  );
  expect(await rowsIn('spans')).toEqual([...before, 'delta:1', 'gamma:1'].sort());
});

import { fromBinary } from '@bufbuild/protobuf';
import * as grpc from '@grpc/grpc-js';
import { connect } from 'node:http2';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { createCollector, type Collector } from '../collector.ts';
import type { CollectorConfig } from '../config.ts';
import { MemoryStore } from '../testing/memory-store.ts';
import { otlpMessage } from '../testing/otlp-schema.ts';
import { post } from '../testing/post.ts';
import { MESSAGES_ARRIVING_MAX } from './grpc-admission.ts';
import { logExport, traceExport } from '../testing/protobuf-export.ts';
import { until } from '../testing/until.ts';

// The library prints errors that it also reports.
grpc.setLogVerbosity(grpc.logVerbosity.NONE);

const running: Collector[] = [];
const clients: grpc.Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await Promise.all(running.splice(0).map((collector) => collector.shutdown(0)));
});

interface Started {
  readonly target: string;
  readonly store: MemoryStore;
  readonly collector: Collector;
}

async function start(options: Omit<CollectorConfig, 'store'> = {}): Promise<Started> {
  const store = new MemoryStore();
  const collector = createCollector({
    store,
    port: 0,
    grpcPort: 0,
    commitIntervalMs: 0,
    onError: () => undefined,
    ...options,
  });
  running.push(collector);
  await collector.start();
  const { host = '', port = 0 } = collector.address.grpc ?? {};
  return { target: `${host}:${port}`, store, collector };
}

type Answer =
  | { readonly code: 0; readonly body: Buffer }
  | { readonly code: number; readonly details: string; readonly status: unknown };

interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly gzip?: boolean;
}

const SERVICES = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
} as const;

/** One call by the real client, as an OTLP exporter makes it. */
function call(
  target: string,
  signal: keyof typeof SERVICES,
  body: Buffer,
  { headers = {}, gzip = false }: CallOptions = {},
): Promise<Answer> {
  const client = new grpc.Client(target, grpc.credentials.createInsecure(), {
    'grpc.max_send_message_length': -1,
    'grpc.enable_retries': 0,
    ...(gzip ? { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip } : {}),
  });
  clients.push(client);
  const metadata = new grpc.Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  const same = (bytes: Buffer): Buffer => bytes;
  return new Promise((resolve) => {
    client.makeUnaryRequest(SERVICES[signal], same, same, body, metadata, (error, answer) => {
      if (error === null) {
        resolve({ code: 0, body: answer ?? Buffer.alloc(0) });
        return;
      }
      const [details] = error.metadata.get('grpc-status-details-bin');
      resolve({
        code: error.code,
        details: error.details,
        status: Buffer.isBuffer(details) ? fromBinary(otlpMessage('RpcStatus'), details) : undefined,
      });
    });
  });
}

test.each([false, true])('spans and log records are stored (gzip: %s)', async (gzip) => {
  const { target, store, collector } = await start();
  expect(await call(target, 'traces', traceExport(), { gzip })).toStrictEqual({
    code: 0,
    body: Buffer.alloc(0),
  });
  expect(await call(target, 'logs', logExport(), { gzip })).toHaveProperty('code', 0);
  expect(await call(target, 'traces', Buffer.alloc(0), { gzip })).toHaveProperty('code', 0);
  expect(store.batches.map(({ spans, logs }) => [spans.length, logs.length])).toStrictEqual([
    [1, 0],
    [0, 1],
  ]);
  expect(collector.stats()).toMatchObject({ requests: 3, spansStored: 1, logsStored: 1 });
});

test('the same export by HTTP and by gRPC is stored once', async () => {
  const { target, store, collector } = await start();
  const body = traceExport();
  await call(target, 'traces', body);
  await post(collector.address.url, body);
  expect(store.batches).toHaveLength(1);
});

test('partial success', async () => {
  const { target } = await start();
  const answer = await call(target, 'traces', traceExport({ traceId: Buffer.alloc(3) }));
  expect(answer.code).toBe(0);
  expect('body' in answer && fromBinary(otlpMessage('ExportServiceResponse'), answer.body)).toMatchObject({
    partialSuccess: { rejected: 1n, errorMessage: expect.stringContaining('traceId: 3 bytes, expected 16') },
  });
});

test('metrics are not implemented, with the reason', async () => {
  const { target } = await start();
  expect(await call(target, 'metrics', Buffer.alloc(0))).toMatchObject({
    code: grpc.status.UNIMPLEMENTED,
    details: expect.stringContaining('OTEL_METRICS_EXPORTER=none'),
  });
});

test('bad data is INVALID_ARGUMENT with the reason', async () => {
  const { target } = await start();
  expect(await call(target, 'traces', Buffer.from([0x0a, 0x05]))).toMatchObject({
    code: grpc.status.INVALID_ARGUMENT,
    details: 'broken protobuf at byte 2: a length of 5 bytes with 0 left',
    status: { code: 3, details: [{ typeUrl: 'type.googleapis.com/google.rpc.BadRequest' }] },
  });
});

test.each([false, true])(
  'a message over the limit is RESOURCE_EXHAUSTED without RetryInfo (gzip: %s)',
  async (gzip) => {
    const { target, store, collector } = await start({ bodyBytesMax: 2_048 });
    expect(await call(target, 'traces', Buffer.alloc(2_049), { gzip })).toMatchObject({
      code: grpc.status.RESOURCE_EXHAUSTED,
      status: { code: 8, details: [] },
    });
    expect(store.batches).toHaveLength(0);
    expect(collector.stats().refused).toStrictEqual({ too_large: 1 });
  },
);

const RETRY = [{ typeUrl: 'type.googleapis.com/google.rpc.RetryInfo' }];

test('above the budget: UNAVAILABLE with RetryInfo', async () => {
  const { target, store, collector } = await start({ bodyBytesMax: 2_048, bytesWaitingMax: 2_048 });
  store.bytesPerRow = 1_500;
  const release = store.hold();
  const begun = store.nextWrite();
  const first = call(target, 'traces', traceExport({ name: 'a'.repeat(1_500) }));
  await begun;
  const second = await call(target, 'traces', traceExport({ name: 'b'.repeat(1_500) }));
  expect(second).toMatchObject({ code: grpc.status.UNAVAILABLE, status: { code: 14, details: RETRY } });
  release();
  expect(await first).toHaveProperty('code', 0);
  expect(collector.stats()).toMatchObject({ bytesWaiting: 0, refused: { overloaded: 1 } });
});

test('what nobody expected is UNAVAILABLE with RetryInfo, never UNKNOWN', async () => {
  const errors: unknown[] = [];
  const { target, store } = await start({ onError: (error) => errors.push(error) });
  store.poison = { error: new TypeError('boom'), holdsFor: () => true };
  expect(await call(target, 'traces', traceExport())).toMatchObject({
    code: grpc.status.UNAVAILABLE,
    status: { details: RETRY },
  });
  expect(errors).toHaveLength(1);
});

const KEYS = [
  { key: 'key-of-project-alpha', project: 'alpha' },
  { key: 'key-of-project-beta', project: 'beta' },
];

test.each([
  [{ authorization: 'Bearer key-of-project-alpha' }, 0, 'alpha'],
  [{ 'x-api-key': 'key-of-project-beta' }, 0, 'beta'],
  [
    { 'x-api-key': 'key-of-project-beta', 'x-tracelore-project': 'alpha' },
    grpc.status.PERMISSION_DENIED,
    undefined,
  ],
  [{ authorization: 'Bearer something-else-here' }, grpc.status.UNAUTHENTICATED, undefined],
  [{}, grpc.status.UNAUTHENTICATED, undefined],
])('with keys, metadata %o is answered %i', async (headers, code, project) => {
  const { target, store } = await start({ apiKeys: KEYS });
  expect(await call(target, 'traces', traceExport(), { headers })).toHaveProperty('code', code);
  expect(store.batches[0]?.spans[0]?.project).toBe(project);
});

/** A call by hand, for what no client sends. Resolves with the status. */
function rawCall(
  target: string,
  frame: Buffer,
  headers: Readonly<Record<string, string>> = {},
  end = true,
): Promise<number> {
  const session = connect(`http://${target}`);
  const stream = session.request({
    ':method': 'POST',
    ':path': SERVICES.traces,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  return new Promise<number>((resolve, reject) => {
    const settle = (trailers: object): void => {
      if ('grpc-status' in trailers) resolve(Number(trailers['grpc-status']));
    };
    stream.on('response', settle);
    stream.on('trailers', settle);
    stream.on('error', reject);
    stream.resume();
    stream.write(frame);
    if (end) stream.end();
  }).finally(() => session.destroy());
}

function frameOf(body: Buffer, compressed: boolean): Buffer {
  const head = Buffer.alloc(5);
  head[0] = compressed ? 1 : 0;
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

test('a gzip bomb and a huge declared length are RESOURCE_EXHAUSTED', async () => {
  const { target } = await start();
  const bomb = frameOf(gzipSync(Buffer.alloc(80_000_000)), true);
  expect(await rawCall(target, bomb, { 'grpc-encoding': 'gzip' })).toBe(grpc.status.RESOURCE_EXHAUSTED);
  expect(await rawCall(target, Buffer.from([0, 0xff, 0xff, 0xff, 0xff]))).toBe(
    grpc.status.RESOURCE_EXHAUSTED,
  );
});

test('without a key a message is refused before it has arrived', async () => {
  const { target, collector } = await start({ apiKeys: KEYS });
  expect(await rawCall(target, Buffer.from([0, 0, 0, 1, 0]), {}, false)).toBe(grpc.status.UNAUTHENTICATED);
  expect(collector.stats().bytesReceived).toBe(0);
});

test('only so many messages may be on their way; one that leaves makes room', async () => {
  const { target, collector } = await start();
  const session = connect(`http://${target}`);
  const second = connect(`http://${target}`);
  const begin = (on: ReturnType<typeof connect>): ReturnType<typeof session.request> => {
    const stream = on.request({
      ':method': 'POST',
      ':path': SERVICES.traces,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.on('error', () => undefined);
    stream.resume();
    stream.write(Buffer.from([0, 0, 0, 1, 0]));
    return stream;
  };
  const begun = Array.from({ length: MESSAGES_ARRIVING_MAX }, (_, index) =>
    begin(index < 100 ? session : second),
  );
  await until(() => collector.stats().requests === MESSAGES_ARRIVING_MAX);
  expect(await call(target, 'traces', traceExport())).toMatchObject({
    code: grpc.status.UNAVAILABLE,
    status: { code: 14, details: RETRY },
  });
  const [gone] = begun;
  gone?.close(8);
  await new Promise((resolve) => {
    gone?.once('close', resolve);
  });
  let answer = await call(target, 'traces', traceExport());
  for (let again = 0; again < 100 && answer.code !== 0; again += 1)
    answer = await call(target, 'traces', traceExport());
  expect(answer.code).toBe(0);
  session.destroy();
  second.destroy();
});

test('many calls share one connection', async () => {
  const { target, store } = await start();
  const answers = await Promise.all(Array.from({ length: 50 }, () => call(target, 'traces', traceExport())));
  expect(new Set(answers.map(({ code }) => code))).toEqual(new Set([0]));
  expect(store.batches.flatMap(({ spans }) => spans)).toHaveLength(50);
});

test('zstd is spoken; a coding that is not is UNIMPLEMENTED', async () => {
  const { target } = await start();
  const zstd = frameOf(zstdCompressSync(traceExport()), true);
  expect(await rawCall(target, zstd, { 'grpc-encoding': 'zstd' })).toBe(grpc.status.OK);
  const frame = frameOf(traceExport(), true);
  expect(await rawCall(target, frame, { 'grpc-encoding': 'snappy' })).toBe(grpc.status.UNIMPLEMENTED);
});

test('a message that does not arrive in time is refused', async () => {
  const { target } = await start({ requestTimeoutMs: 10 });
  expect(await rawCall(target, Buffer.from([0, 0, 0, 1, 0]), {}, false)).toBe(grpc.status.UNAVAILABLE);
});

test('broken compression is INVALID_ARGUMENT, an unknown service UNIMPLEMENTED', async () => {
  const { target, collector } = await start();
  const broken = await rawCall(target, frameOf(Buffer.from('no gzip'), true), { 'grpc-encoding': 'gzip' });
  expect(broken).toBe(grpc.status.INVALID_ARGUMENT);
  expect(collector.stats().refused).toStrictEqual({ bad_compression: 1 });
  expect(await rawCall(target, frameOf(Buffer.alloc(0), false), { ':path': '/a.b/C' })).toBe(
    grpc.status.UNIMPLEMENTED,
  );
});

test('shutdown answers what is in progress and refuses what comes after', async () => {
  const { target, store, collector } = await start();
  const release = store.hold();
  const begun = store.nextWrite();
  const first = call(target, 'traces', traceExport());
  await begun;
  const stopped = collector.shutdown();
  release();
  expect(await first).toHaveProperty('code', 0);
  for (const client of clients) client.close();
  await stopped;
  expect(store.batches).toHaveLength(1);
  expect(await call(target, 'traces', traceExport())).toHaveProperty('code', grpc.status.UNAVAILABLE);
});

test('shutdown ends by its deadline when the store hangs', async () => {
  const { target, store, collector } = await start();
  store.hold();
  const begun = store.nextWrite();
  const answer = call(target, 'traces', traceExport());
  await begun;
  await collector.shutdown(1);
  expect((await answer).code).not.toBe(0);
});

test('a port in use is named', async () => {
  const { collector } = await start();
  const second = createCollector({
    store: new MemoryStore(),
    port: 0,
    grpcPort: collector.address.grpc?.port ?? 0,
  });
  await expect(second.start()).rejects.toMatchObject({ name: 'CollectorError', code: 'address_in_use' });
});

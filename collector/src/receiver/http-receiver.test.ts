import { fromBinary } from '@bufbuild/protobuf';
import { request } from 'node:http';
import { connect } from 'node:net';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { createCollector, type Collector } from '../collector.ts';
import type { CollectorConfig } from '../config.ts';
import { StoreError } from '../store/store-error.ts';
import { MemoryStore } from '../testing/memory-store.ts';
import { otlpMessage } from '../testing/otlp-schema.ts';
import { post, spanRequest } from '../testing/post.ts';
import { until } from '../testing/until.ts';

const running: Collector[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((collector) => collector.shutdown(0)));
});

async function start(
  options: Omit<CollectorConfig, 'store'> = {},
): Promise<{ url: string; store: MemoryStore; collector: Collector }> {
  const store = new MemoryStore();
  const collector = createCollector({
    store,
    port: 0,
    commitIntervalMs: 0,
    onError: () => undefined,
    ...options,
  });
  running.push(collector);
  await collector.start();
  return { url: collector.address.url, store, collector };
}

/** A protobuf request with one span without ids: two levels of envelope around an empty span. */
const SPAN_WITHOUT_IDS = Buffer.from([0x0a, 0x04, 0x12, 0x02, 0x12, 0x00]);

function jsonOf(body: Buffer): unknown {
  return JSON.parse(body.toString());
}

test('an empty request in either encoding is answered 200 in that encoding', async () => {
  const { url } = await start();
  const protobuf = await post(url, new Uint8Array());
  expect([protobuf.status, protobuf.headers.get('content-type'), protobuf.body.length]).toStrictEqual([
    200,
    'application/x-protobuf',
    0,
  ]);
  const json = await post(url, {});
  expect([json.status, json.headers.get('content-type'), json.body.toString()]).toStrictEqual([
    200,
    'application/json',
    '{}',
  ]);
});

test.each(['Application/JSON; charset=utf-8', 'application/json;charset=UTF-8'])(
  'content type %s is JSON',
  async (type) => {
    const { url } = await start();
    expect(await post(url, spanRequest(), { type })).toHaveProperty('status', 200);
  },
);

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['zstd', zstdCompressSync],
] as const)('a body in %s is stored', async (encoding, compress) => {
  const { url, store } = await start();
  const body = compress(Buffer.from(JSON.stringify(spanRequest())));
  const answer = await post(url, new Uint8Array(body), {
    type: 'application/json',
    headers: { 'content-encoding': encoding },
  });
  expect(answer.status).toBe(200);
  expect(store.batches[0]?.spans).toHaveLength(1);
});

test.each([
  ['GET', '/v1/traces', 405],
  ['OPTIONS', '/v1/traces', 405],
  ['POST', '/', 404],
  ['POST', '/v2/traces', 404],
  ['POST', '/v1/metrics', 404],
])('%s %s is answered %i with a status body', async (method, path, status) => {
  const { url } = await start();
  const response = await fetch(url + path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(method === 'POST' ? { body: '{}' } : {}),
  });
  expect(response.status).toBe(status);
  expect(response.headers.get('allow')).toBe(status === 405 ? 'POST' : null);
  expect(await response.json()).toMatchObject({ code: 12, message: expect.any(String) });
});

test('the metrics path says that metrics are not stored', async () => {
  const { url } = await start();
  const answer = await post(url, {}, { path: '/v1/metrics' });
  expect(jsonOf(answer.body)).toMatchObject({
    message: expect.stringContaining('OTEL_METRICS_EXPORTER=none'),
  });
});

test.each([
  [{ 'content-type': 'text/plain' }, 'application/x-protobuf or application/json'],
  [{ 'content-type': 'application/json', 'content-encoding': 'br' }, 'gzip, deflate, zstd or none'],
])('%o is answered 415', async (headers, message) => {
  const { url } = await start();
  const answer = await post(url, {}, { headers, type: headers['content-type'] });
  expect(answer.status).toBe(415);
  expect(jsonOf(answer.body)).toMatchObject({ message: expect.stringContaining(message) });
});

test('a body that cannot be decoded is answered 400 with the field at fault', async () => {
  const { url, store } = await start();
  const answer = await post(url, spanRequest({ attributes: {} }));
  expect(answer.status).toBe(400);
  expect(jsonOf(answer.body)).toMatchObject({
    code: 3,
    message: 'resourceSpans[0].scopeSpans[0].spans[0].attributes: expected an array, got an object',
    details: [{ fieldViolations: [{ field: 'resourceSpans[0].scopeSpans[0].spans[0].attributes' }] }],
  });
  expect(store.batches).toHaveLength(0);
});

test('a protobuf error is a protobuf status with details', async () => {
  const { url } = await start();
  const answer = await post(url, Buffer.from([0x0a, 0x05]));
  expect(answer.status).toBe(400);
  expect(answer.headers.get('content-type')).toBe('application/x-protobuf');
  const status = fromBinary(otlpMessage('RpcStatus'), answer.body);
  expect(status).toMatchObject({
    code: 3,
    message: 'broken protobuf at byte 2: a length of 5 bytes with 0 left',
    details: [{ typeUrl: 'type.googleapis.com/google.rpc.BadRequest' }],
  });
});

test('content of a bad body is never repeated in the answer', async () => {
  const { url } = await start();
  const answer = await post(url, Buffer.from('{"secret": "prompt text"'), { type: 'application/json' });
  expect(answer.status).toBe(400);
  expect(answer.body.toString()).not.toContain('prompt');
});

test('a bad span is rejected alone, and the answer says which and why', async () => {
  const { url, store, collector } = await start();
  const body = spanRequest();
  body.resourceSpans[0]?.scopeSpans[0]?.spans.push({ traceId: 'ab', spanId: '0'.repeat(16), name: 'bad' });
  const answer = await post(url, body);
  expect(answer.status).toBe(200);
  expect(jsonOf(answer.body)).toStrictEqual({
    partialSuccess: {
      rejectedSpans: '1',
      errorMessage: '1 spans rejected: resourceSpans[0].scopeSpans[0].spans[1].traceId: 1 bytes, expected 16',
    },
  });
  expect(store.batches[0]?.spans).toHaveLength(1);
  expect(collector.stats()).toMatchObject({ spansReceived: 2, spansStored: 1, spansRejected: 1 });
});

test('partial success in protobuf', async () => {
  const { url } = await start();
  const answer = await post(url, SPAN_WITHOUT_IDS);
  expect(answer.status).toBe(200);
  expect(fromBinary(otlpMessage('ExportServiceResponse'), answer.body)).toMatchObject({
    partialSuccess: {
      rejected: 1n,
      errorMessage: '1 spans rejected: resourceSpans[0].scopeSpans[0].spans[0].traceId: 0 bytes, expected 16',
    },
  });
});

test('a body at the limit is taken, one byte more is 413, whether declared or chunked', async () => {
  const { url, collector } = await start({ bodyBytesMax: 2_048, bytesWaitingMax: 8_192 });
  const sized = (size: number): Uint8Array => {
    const text = JSON.stringify(spanRequest());
    return Buffer.from(text + ' '.repeat(size - text.length));
  };
  const json = { type: 'application/json' };
  expect(await post(url, sized(2_048), json)).toHaveProperty('status', 200);
  expect(await post(url, sized(2_049), json)).toHaveProperty('status', 413);
  expect(await chunked(url, sized(2_049))).toBe(413);
  expect(await post(url, sized(2_049), { ...json, gzip: true })).toHaveProperty('status', 413);
  expect(collector.stats().refused).toStrictEqual({ too_large: 3 });
});

/** Node's client sends a body without a length in chunks, as the exporters do. */
function chunked(url: string, body: Uint8Array): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${url}/v1/traces`,
      { method: 'POST', headers: { 'content-type': 'application/json' } },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    outgoing.on('error', reject);
    outgoing.write(body.subarray(0, 100));
    outgoing.end(body.subarray(100));
  });
}

test('more spans than allowed in one request are 413 before anything is decoded', async () => {
  const { url } = await start();
  const span = Buffer.from([0x12, 0x00]);
  const spans = Buffer.concat(Array.from({ length: 50_001 }, () => span));
  const group = Buffer.concat([Buffer.from([0x12, ...varint(spans.length)]), spans]);
  const body = Buffer.concat([Buffer.from([0x0a, ...varint(group.length)]), group]);
  expect(await post(url, body)).toHaveProperty('status', 413);
});

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

test('rows that wait for a commit count against the budget; above it 503 with Retry-After', async () => {
  const { url, store, collector } = await start({ bodyBytesMax: 2_048, bytesWaitingMax: 2_048 });
  store.bytesPerRow = 1_500;
  const release = store.hold();
  const begun = store.nextWrite();
  const padded = Buffer.from(JSON.stringify(spanRequest()).padEnd(1_500));
  const first = post(url, padded, { type: 'application/json' });
  await begun;
  expect(collector.stats().bytesWaiting).toBe(1_500);
  const second = await post(url, Buffer.from(JSON.stringify(spanRequest()).padEnd(1_500)), {
    type: 'application/json',
  });
  expect([second.status, second.headers.get('retry-after')]).toStrictEqual([503, '1']);
  release();
  expect(await first).toHaveProperty('status', 200);
  expect(collector.stats()).toMatchObject({ bytesWaiting: 0, refused: { overloaded: 1 } });
});

test('nothing is answered before it is stored', async () => {
  const { url, store } = await start();
  const release = store.hold();
  const begun = store.nextWrite();
  let answered = false;
  const answer = post(url, spanRequest()).then((result) => {
    answered = true;
    return result;
  });
  await begun;
  expect([answered, store.batches.length]).toStrictEqual([false, 0]);
  release();
  expect(await answer).toHaveProperty('status', 200);
  expect(store.batches).toHaveLength(1);
});

test('a store that is down is 503 with Retry-After, and the same request is stored once it is up', async () => {
  const errors: unknown[] = [];
  const { url, store } = await start({ onError: (error) => errors.push(error) });
  store.poison = { error: new StoreError('closed', 'the store is closed'), holdsFor: () => true };
  const body = spanRequest();
  const answer = await post(url, body);
  expect([answer.status, answer.headers.get('retry-after')]).toStrictEqual([503, '1']);
  // One report for many requests.
  await post(url, spanRequest());
  expect(errors.map(String)).toStrictEqual(['Refusal: the store does not take data: the store is closed']);
  store.poison = undefined;
  expect(await post(url, body)).toHaveProperty('status', 200);
  expect(store.batches).toHaveLength(1);
});

test('the same request twice, also at the same time, is stored once', async () => {
  const { url, store, collector } = await start();
  const body = spanRequest();
  const answers = await Promise.all([post(url, body), post(url, body)]);
  answers.push(await post(url, body));
  expect(answers.map(({ status }) => status)).toStrictEqual([200, 200, 200]);
  expect(store.batches.flatMap(({ spans }) => spans)).toHaveLength(1);
  expect(collector.stats().repeated).toBe(2);
});

const KEYS = [
  { key: 'key-of-project-alpha', project: 'alpha' },
  { key: 'key-of-project-beta', project: 'beta' },
];

test.each([
  [{ authorization: 'Bearer key-of-project-alpha' }, 200, 'alpha'],
  [{ 'x-api-key': 'key-of-project-beta' }, 200, 'beta'],
  [{ authorization: `Basic ${Buffer.from('pk:key-of-project-beta').toString('base64')}` }, 200, 'beta'],
  [{ authorization: 'Bearer key-of-project-alpha', 'x-tracelore-project': 'beta' }, 403, undefined],
  [{ authorization: 'Bearer something-else-here' }, 401, undefined],
  [{}, 401, undefined],
])('with keys, headers %o are answered %i', async (headers, status, project) => {
  const { url, store } = await start({ apiKeys: KEYS });
  const answer = await post(url, spanRequest(), { headers });
  expect(answer.status).toBe(status);
  expect(store.batches[0]?.spans[0]?.project).toBe(project);
});

test('a body cannot choose another project than its key', async () => {
  const { url, store } = await start({ apiKeys: KEYS });
  const body = spanRequest();
  const [envelope] = body.resourceSpans;
  if (envelope !== undefined)
    envelope.resource = { attributes: [{ key: 'tracelore.project', value: { stringValue: 'beta' } }] };
  const answer = await post(url, body, { headers: { 'x-api-key': 'key-of-project-alpha' } });
  expect(answer.status).toBe(403);
  expect(store.batches).toHaveLength(0);
});

test('without a key a broken body is not looked at', async () => {
  const { url, collector } = await start({ apiKeys: KEYS });
  expect(await post(url, Buffer.from([0xff]))).toHaveProperty('status', 401);
  expect(collector.stats().bytesReceived).toBe(0);
});

test("the path of Langfuse's SDK is accepted", async () => {
  const { url } = await start();
  expect(await post(url, spanRequest(), { path: '/api/public/otel/v1/traces' })).toHaveProperty(
    'status',
    200,
  );
});

test('Expect: 100-continue is refused before the body when the headers are wrong', async () => {
  const { url } = await start({ apiKeys: KEYS });
  const { status, invited } = await new Promise<{ status: number | undefined; invited: boolean }>(
    (resolve, reject) => {
      let continued = false;
      const outgoing = request(
        `${url}/v1/traces`,
        {
          method: 'POST',
          headers: { expect: '100-continue', 'content-type': 'application/json', 'content-length': 10 },
        },
        (response) => {
          response.resume();
          resolve({ status: response.statusCode, invited: continued });
          outgoing.destroy();
        },
      );
      outgoing.on('continue', () => {
        continued = true;
      });
      outgoing.on('error', reject);
      outgoing.flushHeaders();
    },
  );
  expect({ status, invited }).toStrictEqual({ status: 401, invited: false });
});

test('a sender that leaves inside its body costs nothing', async () => {
  const { url, collector } = await start();
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await new Promise<void>((resolve) => {
    socket.write(
      'POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"a"',
      () => resolve(),
    );
  });
  socket.destroy();
  await until(() => collector.stats().refused.incomplete_body === 1);
  expect(collector.stats()).toMatchObject({ bytesWaiting: 0, refused: { incomplete_body: 1 } });
  expect(await post(url, spanRequest())).toHaveProperty('status', 200);
});

test('shutdown ends by its deadline when the store hangs', async () => {
  const { url, store, collector } = await start();
  store.hold();
  const begun = store.nextWrite();
  const answer = post(url, spanRequest()).catch((error: unknown) => error);
  await begun;
  await collector.shutdown(1);
  expect(await answer).toBeInstanceOf(TypeError);
  expect(store.batches).toHaveLength(0);
});

test('shutdown answers what is in progress and refuses what comes after', async () => {
  const { url, store, collector } = await start({ commitIntervalMs: 5_000 });
  const release = store.hold();
  const begun = store.nextWrite();
  const first = post(url, spanRequest());
  await begun;
  const second = post(url, spanRequest());
  await until(() => collector.stats().spansReceived === 2);
  const stopped = collector.shutdown();
  release();
  await stopped;
  expect([(await first).status, (await second).status]).toStrictEqual([200, 200]);
  expect(store.batches.flatMap(({ spans }) => spans)).toHaveLength(2);
  expect(store.refreshed).toHaveLength(2);
  await expect(post(url, spanRequest())).rejects.toThrow('fetch failed');
});

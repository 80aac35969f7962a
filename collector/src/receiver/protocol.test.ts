import { fromBinary } from '@bufbuild/protobuf';
import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { encodeProtobuf } from '../testing/fuzz/encode-request.ts';
import { EVERY_SPAN_FIELD } from '../testing/fuzz/every-field.ts';
import { otlpMessage } from '../testing/otlp-schema.ts';
import { post, spanRequest } from '../testing/post.ts';
import { RunningCollectors } from '../testing/running-collectors.ts';

// What senders, proxies and attackers do with HTTP itself.

const collectors = new RunningCollectors();
afterEach(() => collectors.stop());

const BODY = JSON.stringify(spanRequest());

/** Everything that is answered to these bytes until the connection is closed, or until `until` has come. */
async function talk(url: string, sent: string | Buffer, until?: RegExp): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  let answer = '';
  const { promise: seen, resolve } = Promise.withResolvers<void>();
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString('latin1');
    if (until?.test(answer) === true) resolve();
  });
  socket.write(sent);
  await Promise.race([seen, once(socket, 'close')]);
  socket.destroy();
  return answer;
}

function head(...lines: readonly string[]): string {
  return ['POST /v1/traces HTTP/1.1', 'host: x', ...lines, '', ''].join('\r\n');
}

const JSON_TYPE = 'content-type: application/json';
const chunked = (body: string, trailers = ''): string =>
  `${body.length.toString(16)}\r\n${body}\r\n0\r\n${trailers}\r\n`;

describe('bodies', () => {
  test.each<[what: string, sent: string, answer: RegExp]>([
    ['with a length', head(JSON_TYPE, `content-length: ${BODY.length}`) + BODY, /^HTTP\/1\.1 200 [^]*\{\}$/],
    [
      'in chunks without a length',
      head(JSON_TYPE, 'transfer-encoding: chunked') + chunked(BODY),
      /^HTTP\/1\.1 200 [^]*\{\}$/,
    ],
    [
      'with trailers',
      head(JSON_TYPE, 'transfer-encoding: chunked', 'trailer: x-sum') + chunked(BODY, 'x-sum: 1\r\n'),
      /^HTTP\/1\.1 200 [^]*\{\}$/,
    ],
    [
      'of HTTP/1.0',
      head(JSON_TYPE, `content-length: ${BODY.length}`).replace('HTTP/1.1', 'HTTP/1.0') + BODY,
      /^HTTP\/1\.1 200 [^]*connection: close[^]*\{\}$/i,
    ],
    [
      'after being invited',
      head(JSON_TYPE, `content-length: ${BODY.length}`, 'expect: 100-continue') + BODY,
      /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 [^]*\{\}$/,
    ],
  ])('%s', async (_what, sent, answer) => {
    const { url, store } = await collectors.start();
    expect(await talk(url, sent, answer)).toMatch(answer);
    expect(store.batches[0]?.spans).toHaveLength(1);
  });

  test.each<[what: string, sent: string | Buffer, status: number]>([
    ['two different lengths', head(JSON_TYPE, 'content-length: 2', 'content-length: 3') + '{}', 400],
    ['a negative length', head(JSON_TYPE, 'content-length: -1'), 400],
    ['a length and chunks', head(JSON_TYPE, 'content-length: 2', 'transfer-encoding: chunked') + '{}', 400],
    ['a chunk that is none', head(JSON_TYPE, 'transfer-encoding: chunked') + 'zz\r\n', 400],
    ['too many headers', head(JSON_TYPE, `x-filler: ${'x'.repeat(20_000)}`), 431],
    ['TLS on a plain port', Buffer.from('16030100a5010000a10303', 'hex'), 400],
    [
      'an unknown expectation',
      head(JSON_TYPE, 'content-length: 2', 'expect: miracles', 'connection: close') + '{}',
      417,
    ],
  ])('%s stores nothing', async (_what, sent, status) => {
    const { url, store } = await collectors.start();
    expect(await talk(url, sent)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(store.batches).toEqual([]);
    expect(await post(url, spanRequest())).toHaveProperty('status', 200);
  });

  test('what stands behind a body of a shorter length is no request', async () => {
    const { url, store } = await collectors.start();
    const answer = await talk(url, `${head(JSON_TYPE, 'content-length: 2')}{}GARBAGE\r\n\r\n`);
    expect(answer).toMatch(/HTTP\/1\.1 400 /);
    expect(store.batches).toEqual([]);
  });
});

describe('types and codings', () => {
  test.each([
    'application/x-protobuf',
    'application/protobuf',
    'APPLICATION/X-PROTOBUF',
    ' application/x-protobuf ; charset=utf-8',
  ])('%s is protobuf', async (type) => {
    const { url } = await collectors.start();
    const answer = await post(url, encodeProtobuf([EVERY_SPAN_FIELD]), { type });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-protobuf']);
  });

  test.each(['gzip', 'GZIP', 'x-gzip'])(
    'content-encoding %s is gzip, in several members too',
    async (name) => {
      const { url, store } = await collectors.start();
      const half = Math.floor(BODY.length / 2);
      const body = Buffer.concat([gzipSync(BODY.slice(0, half)), gzipSync(BODY.slice(half))]);
      const answer = await post(url, body, {
        type: 'application/json',
        headers: { 'content-encoding': name },
      });
      expect(answer.status).toBe(200);
      expect(store.batches[0]?.spans).toHaveLength(1);
    },
  );

  test('identity is no coding', async () => {
    const { url } = await collectors.start();
    const answer = await post(url, spanRequest(), { headers: { 'content-encoding': 'identity' } });
    expect(answer.status).toBe(200);
  });

  test.each([
    ['cut', gzipSync(BODY).subarray(0, 40)],
    ['followed by something else', Buffer.concat([gzipSync(BODY), Buffer.from('more')])],
    ['of a wrong checksum', Buffer.concat([gzipSync(BODY).subarray(0, -8), Buffer.alloc(8)])],
  ])('gzip that is %s is 400, in the encoding of the request', async (_what, body) => {
    const { url, store, collector } = await collectors.start();
    const headers = { 'content-encoding': 'gzip' };
    const json = await post(url, body, { type: 'application/json', headers });
    const protobuf = await post(url, body, { headers });
    expect([json.status, protobuf.status]).toEqual([400, 400]);
    expect(JSON.parse(String(json.body))).toMatchObject({ code: 3 });
    expect(fromBinary(otlpMessage('RpcStatus'), protobuf.body)).toMatchObject({ code: 3 });
    expect(store.batches).toEqual([]);
    expect(collector.stats().refused).toEqual({ bad_compression: 2 });
  });
});

describe('answers', () => {
  test('an empty body is an empty request in protobuf only', async () => {
    const { url } = await collectors.start();
    const answer = await post(url, Buffer.alloc(0), { type: 'application/json' });
    expect([answer.status, String(answer.body)]).toEqual([
      400,
      expect.stringContaining('an empty request is {}'),
    ]);
  });

  test('old names are accepted with a warning: nothing rejected, and why', async () => {
    const { url } = await collectors.start();
    const [envelope] = spanRequest().resourceSpans;
    const old = {
      resourceSpans: [
        {
          instrumentationLibrarySpans: [
            { instrumentationLibrary: { name: 'x' }, spans: envelope?.scopeSpans[0]?.spans },
          ],
        },
      ],
    };
    const answer = await post(url, old);
    expect(JSON.parse(String(answer.body))).toEqual({
      partialSuccess: {
        rejectedSpans: '0',
        errorMessage: expect.stringContaining('an old name of scopeSpans'),
      },
    });
  });

  test('however much is rejected, the answer is short', async () => {
    const { url } = await collectors.start();
    const spans = Array.from({ length: 5_000 }, () => ({ traceId: 'x'.repeat(500) }));
    const answer = await post(url, { resourceSpans: [{ scopeSpans: [{ spans }] }] });
    expect(answer.status).toBe(200);
    expect(answer.body.length).toBeLessThan(4_096);
    expect(JSON.parse(String(answer.body))).toMatchObject({ partialSuccess: { rejectedSpans: '5000' } });
  });

  test.each(['/api/public/otel/v1/traces', '/api/public/otel/v1/logs'])(
    '%s has the same answers',
    async (path) => {
      const { url } = await collectors.start({ pathPrefixes: ['/api/public/otel'] });
      expect(await post(url, {}, { path })).toHaveProperty('status', 200);
      expect(await post(url, {}, { path: '/v1/traces' })).toHaveProperty('status', 404);
    },
  );

  test('a query in the address does not matter', async () => {
    const { url } = await collectors.start();
    expect(await post(url, {}, { path: '/v1/traces?a=b' })).toHaveProperty('status', 200);
  });
});

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { post, spanRequest } from '../testing/post.ts';
import { RunningCollectors } from '../testing/running-collectors.ts';
import { RateLimiter } from './rate-limit.ts';

const collectors = new RunningCollectors();
afterEach(() => collectors.stop());

async function open(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Everything the server says until it closes. */
async function readAll(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await once(socket, 'close');
  return text;
}

test.each([
  ['headers', 'POST /v1/traces HTTP/1.1\r\nhost:'],
  [
    'body',
    'POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
  ],
])('a sender that does not finish its %s is answered 408 and closed', async (_part, beginning) => {
  const { url, collector } = await collectors.start({ requestTimeoutMs: 20 });
  const socket = await open(url);
  socket.write(beginning);
  expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 408 /);
  expect(collector.stats()).toMatchObject({ bytesWaiting: 0, spansReceived: 0 });
});

test('a connection above the limit is closed at once, the others go on', async () => {
  const { url } = await collectors.start({ connectionsMax: 1 });
  const first = await open(url);
  const second = await open(url);
  expect(await readAll(second)).toBe('');
  first.write(
    'POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}',
  );
  const [answer] = await once(first, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 200 /);
  first.destroy();
});

test.each([{ connectionsMax: 1 }, { connectionsPerAddressMax: 1 }])(
  'with %o the second connection is closed at once, on both ports; one that ends makes room',
  async (limits) => {
    const { url, collector } = await collectors.start({ ...limits, grpcPort: 0 });
    const grpcUrl = `http://127.0.0.1:${collector.address.grpc?.port}`;
    for (const target of [url, grpcUrl]) {
      const first = await open(target);
      const second = await open(target);
      expect(await readAll(second)).toBe('');
      first.destroy();
      await once(first, 'close');
    }
    expect(await post(url, spanRequest())).toHaveProperty('status', 200);
  },
);

test('a connection stays open for the next request', async () => {
  const { url } = await collectors.start();
  const socket = await open(url);
  const request =
    'POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}';
  for (let sent = 0; sent < 3; sent += 1) {
    socket.write(request);
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 200 [^]*Keep-Alive: timeout=65/);
  }
  socket.destroy();
});

const KEYS = [
  { key: 'key-of-project-alpha', project: 'alpha' },
  { key: 'key-of-project-beta', project: 'beta' },
];

test('a key over its rate is answered 429 with Retry-After; other keys are not held up', async () => {
  const { url, collector } = await collectors.start({ apiKeys: KEYS, rateLimit: { bytesPerSecond: 10 } });
  const send = (key: string): ReturnType<typeof post> =>
    post(url, spanRequest(), { headers: { 'x-api-key': key } });
  const answers = [await send('key-of-project-alpha'), await send('key-of-project-alpha')];
  answers.push(await send('key-of-project-beta'));
  expect(answers.map(({ status }) => status)).toStrictEqual([200, 429, 200]);
  const [, refused] = answers;
  expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(10);
  expect(JSON.parse(String(refused?.body))).toMatchObject({
    code: 14,
    details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: expect.any(String) }],
  });
  expect(collector.stats().refused).toStrictEqual({ rate_limited: 1 });
});

test('an allowance is spent, paid back with time, and holds ten seconds of it at most', () => {
  let now = 0;
  const limiter = new RateLimiter({ bytesPerSecond: 100, requestsPerSecond: 1 }, () => now);
  const waits = (): number => {
    try {
      limiter.admit('a');
      return 0;
    } catch (error) {
      return error instanceof Error && 'retryAfterMs' in error ? Number(error.retryAfterMs) : Number.NaN;
    }
  };
  now = 3_600_000;
  expect(waits()).toBe(0);
  limiter.spend('a', 1_500);
  expect(waits()).toBe(5_010);
  now += 5_010;
  expect(waits()).toBe(0);
  for (let request = 0; request < 9; request += 1) limiter.admit('b');
  limiter.admit('b');
  expect(() => limiter.admit('b')).toThrow('over its rate');
});

const ORIGIN = 'https://app.example.org';

function preflight(url: string, origin: string): Promise<Response> {
  return fetch(`${url}/v1/traces`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST' },
  });
}

test('without origins no page may send', async () => {
  const { url } = await collectors.start();
  const answer = await preflight(url, ORIGIN);
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toStrictEqual([405, null]);
});

test('pages of the configured origins may send, with and without a key', async () => {
  const { url } = await collectors.start({ corsOrigins: [ORIGIN], apiKeys: KEYS });
  const asked = await preflight(url, ORIGIN);
  expect(asked.status).toBe(204);
  expect(Object.fromEntries(asked.headers)).toMatchObject({
    'access-control-allow-origin': ORIGIN,
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': expect.stringContaining('content-type'),
    'access-control-allow-credentials': 'true',
    vary: 'origin',
  });
  const sent = await post(url, spanRequest(), {
    headers: { origin: ORIGIN, 'x-api-key': KEYS[0]?.key ?? '' },
  });
  expect([sent.status, sent.headers.get('access-control-allow-origin')]).toStrictEqual([200, ORIGIN]);
  // A refusal can be read too.
  const refused = await post(url, spanRequest(), { headers: { origin: ORIGIN } });
  expect([refused.status, refused.headers.get('access-control-allow-origin')]).toStrictEqual([401, ORIGIN]);
  const other = await preflight(url, 'https://evil.example');
  expect([other.status, other.headers.get('access-control-allow-origin')]).toStrictEqual([405, null]);
});

test('all origins may send, then without credentials of the browser', async () => {
  const { url } = await collectors.start({ corsOrigins: ['*'] });
  const { headers } = await preflight(url, 'https://any.example');
  expect([
    headers.get('access-control-allow-origin'),
    headers.get('access-control-allow-credentials'),
  ]).toStrictEqual(['https://any.example', null]);
});

test('a sender that closes its side after its request is answered; one that closes in the middle is not stored', async () => {
  const { url, store, collector } = await collectors.start();
  const body = JSON.stringify(spanRequest());
  const { hostname, port } = new URL(url);
  for (const [sent, answer] of [
    [body, /^HTTP\/1\.1 200 /],
    [body.slice(0, -1), /^(HTTP\/1\.1 400 |$)/],
  ] as const) {
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    socket.on('error', () => undefined);
    socket.end(
      `POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${sent}`,
    );
    expect(await readAll(socket)).toMatch(answer);
  }
  expect(store.batches).toHaveLength(1);
  expect(collector.stats().bytesWaiting).toBe(0);
});

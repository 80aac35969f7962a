import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { manualClock, type ManualClock } from '../trials/clock.testing.ts';
import type { Notice } from './notice.ts';
import { ATTEMPTS_MAX, createWebhooks, RETRY_PAUSE_MS, WAITING_MAX, type Webhooks } from './webhooks.ts';

const SECRET = 'a-secret-of-enough-length';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let servers: Server[] = [];
afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  servers = [];
});

/** Answers with these statuses in turn, the last one for ever. `next` resolves with each request. */
async function listen(
  ...statuses: readonly number[]
): Promise<{ readonly url: string; readonly received: Received[]; next(): Promise<Received> }> {
  const received: Received[] = [];
  const waiting: ((request: Received) => void)[] = [];
  let taken = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const status = statuses[Math.min(received.length, statuses.length - 1)] ?? 200;
      response.writeHead(status, { location: '/elsewhere' }).end('ignored');
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      for (const resolve of waiting.splice(0)) resolve(received.at(-1) ?? { headers: {}, body: '' });
    });
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/hook?token=hidden`,
    received,
    next() {
      const known = received[taken];
      taken += 1;
      if (known !== undefined) return Promise.resolve(known);
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}

const said: string[] = [];

function open(url: string, clock: ManualClock, allowsPrivate = true): Webhooks {
  said.length = 0;
  return createWebhooks({
    urls: [url],
    secret: SECRET,
    allowsPrivate,
    clock,
    report: (text) => void said.push(text),
  });
}

function notice(id: string): Notice {
  return {
    id,
    type: 'quarantined',
    project: 'shop',
    at: '2026-11-20T00:00:00.000Z',
    ruleId: 'r',
    position: 1,
    actor: 'learner',
    reason: 'odd — ünusual',
  };
}

/** What the documentation tells receivers to do. */
function isGenuine(header: string, body: string, secret: string, nowMs: number): boolean {
  const [, seconds = '', digest = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header) ?? [];
  if (Math.abs(nowMs / 1000 - Number(seconds)) > 300) return false;
  const expected = createHmac('sha256', secret).update(`${seconds}.${body}`).digest();
  return timingSafeEqual(expected, Buffer.from(digest.padEnd(64, '0'), 'hex'));
}

/** Attempts end in their own time, and nothing tells. */
async function until(holds: () => boolean): Promise<void> {
  for (let looks = 0; looks < 4_000 && !holds(); looks += 1) await pause(5);
  expect(holds()).toBe(true);
}

test('a notice comes signed, with an id, in order', async () => {
  const clock = manualClock();
  const server = await listen(204);
  const webhooks = open(server.url, clock);
  webhooks.tell([notice('one'), notice('two')]);
  const { headers, body } = await server.next();
  expect(JSON.parse(body)).toEqual(notice('one'));
  expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-tracelore-delivery': 'one' });
  const signature = String(headers['x-tracelore-signature']);
  const nowMs = clock.now().getTime();
  expect(isGenuine(signature, body, SECRET, nowMs)).toBe(true);
  expect(isGenuine(signature, body, 'another-secret-of-length', nowMs)).toBe(false);
  expect(isGenuine(signature, `${body} `, SECRET, nowMs)).toBe(false);
  expect(isGenuine(signature, body, SECRET, nowMs + 301_000)).toBe(false);
  expect(JSON.parse((await server.next()).body)).toMatchObject({ id: 'two' });
  await until(() => webhooks.status()[0]?.delivered === 2);
  expect(webhooks.status()).toMatchObject([
    { origin: new URL(server.url).origin, waiting: 0, lastFailure: '' },
  ]);
  expect(JSON.stringify(webhooks.status())).not.toContain('hidden');
  await webhooks.stop();
});

test('it comes again after a failure, later each time, under the same id; then it is given up', async () => {
  const clock = manualClock();
  const server = await listen(503, 429, 200, 500);
  const webhooks = open(server.url, clock);
  webhooks.tell([notice('one')]);
  await server.next();
  for (const pauseMs of [RETRY_PAUSE_MS, 2 * RETRY_PAUSE_MS]) {
    await until(() => webhooks.status()[0]?.lastFailure !== '');
    const before = server.received.length;
    clock.advance(pauseMs - 1);
    expect(server.received).toHaveLength(before);
    // The attempt before may just have failed: its pause begins when it is known.
    await until(() => {
      clock.advance(pauseMs);
      return server.received.length > before;
    });
  }
  await until(() => webhooks.status()[0]?.delivered === 1);
  expect(server.received.map(({ headers }) => headers['x-tracelore-delivery'])).toEqual([
    'one',
    'one',
    'one',
  ]);

  webhooks.tell([notice('two')]);
  await until(() => {
    clock.advance(RETRY_PAUSE_MS * 2 ** ATTEMPTS_MAX);
    return webhooks.status()[0]?.givenUp === 1;
  });
  expect(server.received).toHaveLength(3 + ATTEMPTS_MAX);
  expect(said).toEqual([expect.stringContaining('given up after 10 attempt(s): it answered 500')]);
  await webhooks.stop();
});

test.each([301, 302, 307, 400, 404])(
  'status %i is given up at once; redirects are not followed',
  async (status) => {
    const server = await listen(status);
    const webhooks = open(server.url, manualClock());
    webhooks.tell([notice('one')]);
    await until(() => webhooks.status()[0]?.givenUp === 1);
    expect(server.received).toHaveLength(1);
    await webhooks.stop();
  },
);

test.each(['localhost', '127.0.0.1', '[::1]'])('%s is not reached unless that is allowed', async (host) => {
  const server = await listen(200);
  const webhooks = open(server.url.replace('127.0.0.1', host), manualClock(), false);
  webhooks.tell([notice('one')]);
  await until(() => webhooks.status()[0]?.givenUp === 1);
  expect(server.received).toEqual([]);
  expect(said[0]).toContain('no address of the public internet');
  await webhooks.stop();
});

test('nobody waits for a dead address: the queue is bounded, and the end does not wait either', async () => {
  const server = await listen(503);
  const webhooks = open(server.url, manualClock());
  webhooks.tell(Array.from({ length: WAITING_MAX + 5 }, (_, index) => notice(String(index))));
  expect(webhooks.status()).toMatchObject([{ waiting: WAITING_MAX, dropped: 5 }]);
  await server.next();
  await webhooks.stop();
  expect(said).toEqual([expect.stringContaining(`${WAITING_MAX} notices were not delivered`)]);
  webhooks.tell([notice('late')]);
  expect(server.received).toHaveLength(1);
});

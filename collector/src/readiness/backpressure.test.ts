import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { StoreError } from '../store/store-error.ts';
import { post, spanRequest } from '../testing/post.ts';
import { RunningCollectors } from '../testing/running-collectors.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { until } from '../testing/until.ts';

const collectors = new RunningCollectors();
afterEach(() => collectors.stop());

/** Sends headers only, and returns what the collector says to them. */
async function answerToHeaders(url: string, length: number): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`,
  );
  const [answer] = await once(socket, 'data');
  socket.destroy();
  return String(answer);
}

test('a store that is away is 503 with the reason, and is found again by the requests that come later', async () => {
  const { url, store, collector } = await collectors.start();
  // Enough for the tries of one request.
  store.failures.push(...Array.from({ length: 4 }, () => new StoreError('unavailable', 'nobody listens')));
  const body = spanRequest();
  expect(await post(url, body)).toHaveProperty('status', 503);
  expect(store.tokens).toHaveLength(4);
  expect(collector.checks()).toContainEqual({
    name: 'store',
    state: expect.stringMatching(/^(failing|degraded)$/),
    detail: 'the store does not take data: nobody listens',
  });
  await until(async () => (await post(url, body)).status === 200);
  expect(store.batches).toHaveLength(1);
  expect(collector.checks().map(({ state }) => state)).toEqual(['ok', 'ok', 'ok']);
});

test('a commit that does not return holds no sender beyond its deadline; sent again, the request is stored once', async () => {
  const { url, store } = await collectors.start({ answerWithinMs: 20 });
  const release = store.hold();
  const body = spanRequest();
  const late = await post(url, body);
  expect([late.status, late.headers.get('retry-after')]).toStrictEqual([503, '1']);
  expect(String(late.body)).toContain('not stored within 20 ms');
  const again = post(url, body);
  release();
  expect(await again).toHaveProperty('status', 200);
  expect(store.batches).toHaveLength(1);
});

test('a body that there is no room for is refused before it is sent', async () => {
  const { url, store, collector } = await collectors.start({ bodyBytesMax: 2_048, bytesWaitingMax: 2_048 });
  store.bytesPerRow = 1_500;
  const release = store.hold();
  const begun = store.nextWrite();
  const first = post(url, spanRequest());
  await begun;
  expect(await answerToHeaders(url, 1_000)).toMatch(/^HTTP\/1\.1 503 /);
  store.bytesPerRow = 1_000;
  const second = post(url, spanRequest());
  await until(() => Promise.resolve(collector.stats().bytesWaiting === 2_500));
  expect(await answerToHeaders(url, 1)).toMatch(/^HTTP\/1\.1 503 /);
  release();
  expect([await first, await second].map(({ status }) => status)).toStrictEqual([200, 200]);
  expect(collector.stats().bytesWaiting).toBe(0);
});

test('with a spool, a store that is away costs no sender anything', async () => {
  const directory = await temporaryDirectory('backpressure');
  const { url, store, collector } = await collectors.start({ spool: { directory: directory.path } });
  const away = Array.from({ length: 3 }, () => new StoreError('unavailable', 'nobody listens'));
  store.failures.push(...away);
  const statuses = await Promise.all(
    [spanRequest(), spanRequest(), spanRequest()].map(async (body) => (await post(url, body)).status),
  );
  expect(statuses).toStrictEqual([200, 200, 200]);
  await until(async () => {
    await collector.settleRuns().catch(() => undefined);
    return collector.stats().spool?.records === 0;
  });
  expect(collector.stats()).toMatchObject({ spool: { records: 0 }, spansStored: 3 });
  expect(store.batches.flatMap(({ spans }) => spans)).toHaveLength(3);
  // Spooled runs are recomputed like the others.
  await collector.settleRuns();
  expect(store.refreshed).toHaveLength(3);
  await collectors.stop();
  await directory.remove();
});

test('a disk that is nearly full refuses data before its body, with the reason', async () => {
  const directory = await temporaryDirectory('disk');
  const { url, collector } = await collectors.start({
    diskGuard: { directories: [directory.path], reserveBytes: Number.MAX_SAFE_INTEGER },
  });
  expect(await answerToHeaders(url, 100)).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 10/i);
  const answer = await post(url, spanRequest());
  expect(String(answer.body)).toContain(`the disk of ${directory.path} has`);
  expect(collector.checks()).toContainEqual(
    expect.objectContaining({ name: 'disk', state: 'failing', detail: expect.stringContaining('make room') }),
  );
  expect(collector.stats().refused).toMatchObject({ disk_full: 2 });
  await directory.remove();
});

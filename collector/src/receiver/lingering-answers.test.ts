import { once } from 'node:events';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { RunningCollectors } from '../testing/running-collectors.ts';

const collectors = new RunningCollectors();
afterEach(() => collectors.stop());

/** Small enough that a socket's own buffers cannot take a body in: the sender has to be listened to. */
const LIMITS = { bodyBytesMax: 2_048, bytesWaitingMax: 8_192 };
const BODY_BYTES = 20_000_000;

function post(url: string, headers: Readonly<Record<string, string | number>>): ClientRequest {
  return httpRequest(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    agent: false,
  });
}

/** Sends head and body without a look at what comes back, then reads until the connection is closed. */
async function sendThenRead(url: string, head: string, parts: Iterable<Buffer>): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const broken = once(socket, 'close').then(() => Promise.reject(new Error('closed while sending')));
  const write = (part: string | Buffer): Promise<unknown> =>
    new Promise((resolve, reject) => {
      socket.write(part, (error) => (error ? reject(error) : resolve(undefined)));
    });
  const send = async (): Promise<void> => {
    await write(head);
    for (const part of parts) await write(part);
  };
  await Promise.race([send(), broken]);
  broken.catch(() => undefined);
  return await text(socket);
}

const HEAD = 'POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
const PART = Buffer.alloc(100_000, 0x20);
const CHUNK = Buffer.concat([Buffer.from(`${PART.length.toString(16)}\r\n`), PART, Buffer.from('\r\n')]);
const PARTS = BODY_BYTES / PART.length;

test.each([
  ['declared', `content-length: ${BODY_BYTES}\r\n\r\n`, Array.from({ length: PARTS }, () => PART)],
  [
    'chunked',
    'transfer-encoding: chunked\r\n\r\n',
    [...Array.from({ length: PARTS }, () => CHUNK), Buffer.from('0\r\n\r\n')],
  ],
])('a sender that looks for an answer only after its body gets the 413 (%s)', async (_how, head, parts) => {
  const { url, collector } = await collectors.start(LIMITS);
  const answer = await sendThenRead(url, HEAD + head, parts);
  expect(answer).toMatch(/^HTTP\/1\.1 413 [^]*\r\nconnection: close\r\n/i);
  expect(answer).toContain('larger than 2048 bytes');
  expect(collector.stats()).toMatchObject({ bytesWaiting: 0, refused: { too_large: 1 } });
});

test('the answer is there before the body is', async () => {
  const { url } = await collectors.start(LIMITS);
  const sent = post(url, { 'content-length': BODY_BYTES });
  sent.flushHeaders();
  const [response]: IncomingMessage[] = await once(sent, 'response');
  expect(response?.statusCode).toBe(413);
  sent.on('error', () => undefined);
  sent.destroy();
});

test('whoever goes on sending is not waited for at the end', async () => {
  const { url, collector } = await collectors.start(LIMITS);
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write(
    'POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 999999\r\n\r\n',
  );
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 413 /);
  const closed = once(socket, 'close');
  await collector.shutdown();
  await closed;
});

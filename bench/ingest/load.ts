import { Agent, request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { ANSWER_MS_MAX, meanBytes, loadOptions, sendAll, sendWhenTold } from './load-options.ts';
import { pathOf, requestBody, SPANS_PER_REQUEST } from './payload.ts';

/** The raw generator, in a process of its own: encodes every body first, then posts them over a few connections. */
const { url, shape, requests, first, connections, json, gzip } = loadOptions();
const startMs = Date.now() - 120_000;
const bodies = Array.from({ length: requests }, (_, index) => {
  const body = requestBody(shape, first + index, startMs, json ? 'json' : 'protobuf');
  return gzip ? gzipSync(body) : body;
});
const agent = new Agent({ keepAlive: true, maxSockets: connections });
const headers = {
  'content-type': json ? 'application/json' : 'application/x-protobuf',
  ...(gzip ? { 'content-encoding': 'gzip' } : {}),
};
sendWhenTold(meanBytes(bodies, SPANS_PER_REQUEST), async () => {
  await sendAll(bodies, connections, post);
  agent.destroy();
});

function post(body: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    const sent = request(url + pathOf(shape), { method: 'POST', agent, headers, signal }, (response) => {
      response.on('error', reject);
      response.resume().on('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`expected 200, got ${response.statusCode}`));
      });
    });
    sent.on('error', reject).end(body);
  });
}

import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { spansBody, SPANS_PER_REQUEST } from '../ingest/payload.ts';

/** Spans of one trace, as an agent's run has them. */
const SPANS_PER_TRACE = 8;
const TICK_MS = 100;
/** Requests without an answer yet; with so many the load is behind, and the next ones are sent when answers come. */
const OPEN_REQUESTS_MAX = 64;
const RETRY_MS = 1_000;

/** Sends GenAI spans at a steady rate, some traces per tick, and tells at the end how it was answered. */
const [url = '', ratePerSecond = '250', seconds = '60', first = '0'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: OPEN_REQUESTS_MAX });
const answeredMs: number[] = [];
let refused = 0;
let open = 0;

const startedMs = performance.now();
const endsMs = startedMs + Number(seconds) * 1_000;
let sent = 0;
const answers: Promise<void>[] = [];
for (let nowMs = startedMs; nowMs < endsMs; nowMs = performance.now()) {
  const due = Math.floor(((nowMs - startedMs) / 1_000) * Number(ratePerSecond));
  for (; due - sent >= SPANS_PER_TRACE && open < OPEN_REQUESTS_MAX;) {
    const count = Math.min(due - sent - ((due - sent) % SPANS_PER_TRACE), SPANS_PER_REQUEST);
    const range = {
      first: Number(first) + sent,
      count,
      perTrace: SPANS_PER_TRACE,
      startMs: Date.now() - 60_000,
    };
    answers.push(deliver(spansBody('prose', range)));
    sent += count;
  }
  await delay(TICK_MS);
}
await Promise.all(answers);
agent.destroy();
answeredMs.sort((a, b) => a - b);
process.send?.({
  sent,
  refused,
  elapsedMs: performance.now() - startedMs,
  p50Ms: answeredMs[Math.floor(answeredMs.length * 0.5)] ?? 0,
  p99Ms: answeredMs[Math.floor(answeredMs.length * 0.99)] ?? 0,
});
process.disconnect();

/** Until it is stored, as an exporter does it. */
async function deliver(body: Uint8Array): Promise<void> {
  open += 1;
  const from = performance.now();
  while (!(await accepted(body))) {
    refused += 1;
    await delay(RETRY_MS);
  }
  answeredMs.push(performance.now() - from);
  open -= 1;
}

/** False when it has to be sent again. A refused request may lose its connection while its body is still on the way. */
function accepted(body: Uint8Array): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-protobuf' };
    const posted = request(`${url}/v1/traces`, { method: 'POST', agent, headers }, (response) => {
      const { statusCode = 0 } = response;
      response.resume();
      if (statusCode === 200) response.once('end', () => resolve(true));
      else if (statusCode === 503 || statusCode === 429) resolve(false);
      else reject(new Error(`expected 200, 429 or 503, got ${statusCode}`));
    });
    posted.once('error', () => resolve(false)).end(body);
  });
}

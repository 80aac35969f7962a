import { Agent, request } from 'node:http';
import { requestBody, SPANS_PER_REQUEST, type SpanShape } from './payload.ts';

/** The load generator, in a process of its own: encodes every body first, then posts them over a few connections. */
const [url = '', shape = 'genai', requests = '40', connections = '4'] = process.argv.slice(2);
if (shape !== 'genai' && shape !== 'small') throw new Error(`unknown span shape ${shape}`);
const bodies = encode(shape, Number(requests));
process.send?.({ ready: true, bytesPerSpan: total(bodies) / (bodies.length * SPANS_PER_REQUEST) });
process.once('message', () => {
  report().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});

async function report(): Promise<void> {
  process.send?.({ elapsedMs: await run() });
  process.disconnect();
}

function encode(of: SpanShape, count: number): Uint8Array[] {
  const startMs = Date.now() - 120_000;
  return Array.from({ length: count }, (_, index) => requestBody(of, index, startMs));
}

function total(list: readonly Uint8Array[]): number {
  return list.reduce((sum, body) => sum + body.byteLength, 0);
}

async function run(): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });
  const waiting = [...bodies];
  const started = performance.now();
  const worker = async (): Promise<void> => {
    for (let body = waiting.pop(); body !== undefined; body = waiting.pop()) await post(agent, body);
  };
  await Promise.all(Array.from({ length: Number(connections) }, worker));
  agent.destroy();
  return performance.now() - started;
}

function post(agent: Agent, body: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}/v1/traces`,
      { method: 'POST', agent, headers: { 'content-type': 'application/x-protobuf' } },
      (response) => {
        response.resume().on('end', () => {
          if (response.statusCode === 200) resolve();
          else reject(new Error(`expected 200, got ${response.statusCode}`));
        });
      },
    );
    sent.on('error', reject).end(body);
  });
}

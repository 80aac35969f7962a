import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { task } from './words.ts';

/** Requests that are on their way at most; beyond it the service is not keeping up, and that is an error. */
const OPEN_MAX = 10_000;
const SOCKETS_MAX = 128;
/** Answers before the measurement: connections, and code that the engine has not compiled yet. */
const WARM_UP_SHARE = 0.2;

/**
 * Asks for knowledge at a steady rate, whether answers come or not, and sends its parent how long they took, counted from the
 * moment each question was due: a slow answer cannot hide the ones behind it.
 */
const [url = '', ratePerSecond = '300', seconds = '20', from = '0'] = process.argv.slice(2);
const rate = Number(ratePerSecond);
const total = Math.floor(rate * Number(seconds));
const bodies = Array.from({ length: total }, (_, index) =>
  Buffer.from(
    JSON.stringify({
      task: task(Number(from) + index),
      agent: 'bench',
      unit: `unit-${Number(from) + index}`,
    }),
  ),
);
const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX, scheduling: 'fifo' });
const target = new URL('/v1/knowledge/get', url);
const measured: { ms: number; searchMs: number; embedMs: number }[] = [];
let open = 0;
let withRules = 0;
const answers: Promise<void>[] = [];

const startedAt = performance.now();
for (let index = 0; index < total;) {
  // The first at once: each is asked when it is due.
  const due = Math.min(total, Math.floor(((performance.now() - startedAt) / 1_000) * rate) + 1);
  for (; index < due; index += 1) answers.push(ask(index, startedAt + (index / rate) * 1_000));
  await delay(1);
}
await Promise.all(answers);
agent.destroy();
process.send?.({
  asked: total,
  withRules,
  ...quantiles('', (one) => one.ms),
  ...quantiles('search', (one) => one.searchMs),
  ...quantiles('embed', (one) => one.embedMs),
});
process.disconnect();

function ask(index: number, dueAt: number): Promise<void> {
  open += 1;
  if (open > OPEN_MAX) throw new Error(`${OPEN_MAX} questions have no answer yet: the rate is too high`);
  const body = bodies[index] ?? Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const asked = request(target, { method: 'POST', agent, headers }, (response) => {
      const timing = String(response.headers['server-timing'] ?? '');
      let size = 0;
      response.on('data', (chunk: Buffer) => (size += chunk.length));
      response.once('end', () => {
        open -= 1;
        if (response.statusCode !== 200)
          return reject(new Error(`expected 200, got ${String(response.statusCode)}`));
        if (size > 300) withRules += 1;
        if (index >= total * WARM_UP_SHARE)
          measured.push({
            ms: performance.now() - dueAt,
            searchMs: duration(timing, 'search'),
            embedMs: duration(timing, 'embed'),
          });
        resolve();
      });
    });
    asked.once('error', reject).end(body);
  });
}

function duration(timing: string, name: string): number {
  return Number(new RegExp(`${name};dur=([\\d.]+)`).exec(timing)?.[1] ?? Number.NaN);
}

function quantiles(
  name: string,
  of: (one: (typeof measured)[number]) => number,
): Readonly<Record<string, number>> {
  const sorted = measured.map(of).sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return { [`${name}P50`]: at(0.5), [`${name}P99`]: at(0.99), [`${name}Max`]: sorted.at(-1) ?? Number.NaN };
}

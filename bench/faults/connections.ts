import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { jsonBody } from './export-body.ts';
import type { Fault } from './fault.ts';
import { conclude } from './fault.ts';
import { Ledger } from './ledger.ts';
import { sendFor } from './senders.ts';
import { startService, type Service } from './service.ts';

const SLOW_CONNECTIONS = 200;
/** A byte each, ms. */
const TRICKLE_MS = 250;
/** Headers have 10 s, and are looked at every 5; bodies have 60 s. */
const HEADERS_CUT_MS = 20_000;
const BODY_CUT_MS = 70_000;
const HALF_CLOSED = 40;

async function open(service: Service): Promise<Socket> {
  const { hostname, port } = new URL(service.otlp);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** However it ended. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
  });
}

function head(length: number): string {
  return `POST /v1/traces HTTP/1.1\r\nhost: faults\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
}

/** Trickles until the service ends the connection; resolves with how long that took, ms. */
async function trickle(service: Service, beginning: string): Promise<number> {
  const socket = await open(service);
  const begunAt = performance.now();
  const ended = closed(socket);
  socket.resume();
  socket.once('end', () => socket.destroy());
  socket.write(beginning);
  const timer = setInterval(() => socket.write('x'), TRICKLE_MS);
  await ended;
  clearInterval(timer);
  return performance.now() - begunAt;
}

const slowloris: Fault = {
  name: 'slowloris',
  what: `${SLOW_CONNECTIONS} connections that trickle headers, and as many that trickle bodies`,
  run: async (directory) => {
    const ledger = new Ledger();
    const service = await startService(directory);
    const many = (beginning: string): Promise<number[]> =>
      Promise.all(Array.from({ length: SLOW_CONNECTIONS }, () => trickle(service, beginning)));
    const [headers, bodies] = await Promise.all([
      many('POST /v1/traces HTTP/1.1\r\nx-slow: '),
      many(head(1_000_000)),
      sendFor(10_000, service, ledger),
    ]);
    const longest = { headers: Math.max(...headers), bodies: Math.max(...bodies) };
    const concluded = await conclude(service, ledger, directory);
    return {
      ...concluded,
      violations: [
        ...concluded.violations,
        ...(longest.headers > HEADERS_CUT_MS || longest.bodies > BODY_CUT_MS
          ? ['slow connections were not cut']
          : []),
      ],
      note: `cut after ${(longest.headers / 1_000).toFixed(0)} s (headers), ${(longest.bodies / 1_000).toFixed(0)} s (bodies)`,
    };
  },
};

/** Sends a request, closes its own side, and only then listens. */
async function sendHalfClosed(service: Service, ledger: Ledger): Promise<void> {
  const request = ledger.newRequest();
  const body = jsonBody(request);
  const socket = await open(service);
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.end(head(Buffer.byteLength(body)) + body);
  await closed(socket);
  ledger.note(request, Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0), 0);
}

/** Sends a request, or half of it, and is gone: nobody hears the answer. */
async function sendAndLeave(service: Service, ledger: Ledger, share: number): Promise<void> {
  const body = jsonBody(ledger.newRequest());
  const socket = await open(service);
  const text = head(Buffer.byteLength(body)) + body;
  socket.write(text.slice(0, Math.floor(text.length * share)));
  await pause(5);
  socket.resetAndDestroy();
}

const halfClosed: Fault = {
  name: 'half-closed',
  what: 'senders that close their side before the answer, or leave in the middle',
  run: async (directory) => {
    const ledger = new Ledger();
    const service = await startService(directory);
    const load = sendFor(5_000, service, ledger);
    for (let count = 0; count < HALF_CLOSED; count += 1) {
      await sendHalfClosed(service, ledger);
      await sendAndLeave(service, ledger, (count % 5) / 4);
    }
    await load;
    const unheard = ledger.statuses.get(0) ?? 0;
    const concluded = await conclude(service, ledger, directory);
    return {
      ...concluded,
      violations: [
        ...concluded.violations,
        ...(unheard === 0 ? [] : [`${unheard} half-closed senders got no answer`]),
      ],
      note: `${HALF_CLOSED} half-closed, ${HALF_CLOSED} gone in the middle`,
    };
  },
};

export const connectionFaults: readonly Fault[] = [slowloris, halfClosed];

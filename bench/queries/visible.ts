import { once } from 'node:events';
import { loadavg } from 'node:os';
import { inDirectory, nextMessage, startProgram } from '../child-process.ts';
import { startService, type Service } from '../faults/service.ts';
import { printTable } from '../sample.ts';

/** A probe that was not seen by then is counted with this time, ms. */
const GIVEN_UP_MS = 30_000;
const TARGET_MS = 2_000;
const PROBES_PER_SECOND = 2;
/** Not counted: code is compiled, pools are filled, ms. */
const WARM_UP_MS = 10_000;
/** Of the spans asked for, so many have to be sent, or the rate was not that of the title. */
const SENT_SHARE_MIN = 0.95;

interface Reader {
  readonly title: string;
  readonly path: (traceId: string, user: string) => string;
  readonly isSeen: (body: string, traceId: string) => boolean;
}

/** Each run is looked for in one way only: who looks causes a refresh, from which the other would gain. */
const READERS: readonly Reader[] = [
  {
    title: 'list of runs',
    path: (_, user) => `/v1/traces?user=${user}`,
    isSeen: (body, traceId) => body.includes(traceId),
  },
  {
    title: 'run by id, with spans',
    path: (traceId) => `/v1/traces/${traceId}`,
    isSeen: (body) => body.includes('"spans":[{'),
  },
];

/**
 * How long after its sender's 200 a run is there for readers of the API, while GenAI spans of 2 kB come at a rate: one run of its
 * own after the other is sent, then asked for until it shows. Resolves with whether 99 of 100 did in time at that rate.
 */
export async function measureVisibility(spansPerSecond: number, seconds: number): Promise<boolean> {
  return await inDirectory(async (directory) => {
    const service = await startService(directory);
    const load = startProgram(new URL('../soak/sender.ts', import.meta.url), [
      service.otlp,
      String(spansPerSecond),
      String(seconds),
    ]);
    const loaded = Promise.all([nextMessage(load, ['sent', 'p50Ms', 'p99Ms']), once(load, 'exit')]);
    const began = performance.now();
    const waits = READERS.map((reader) => ({ reader, ms: [] as number[] }));
    for (let index = 0; performance.now() < began + seconds * 1_000; index += 1) {
      const next = performance.now() + 1_000 / PROBES_PER_SECOND;
      const traceId = index.toString(16).padStart(32, '9');
      await sendRun(service, traceId, `probe-${index}`);
      const of = waits[index % waits.length];
      const sentAt = performance.now();
      if (of !== undefined) {
        const url = `${service.api}${of.reader.path(traceId, `probe-${index}`)}`;
        const wait = await untilSeen(url, (body) => of.reader.isSeen(body, traceId));
        if (sentAt > began + WARM_UP_MS) of.ms.push(wait);
      }
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
    }
    const [{ sent, p50Ms, p99Ms }] = await loaded;
    const peakBytes = service.peakRss();
    await service.end('SIGTERM');
    const isRate = Number(sent) >= spansPerSecond * seconds * SENT_SHARE_MIN;
    console.log(
      `\n${Number(sent)} spans in ${seconds} s, ${spansPerSecond} per second asked for${isRate ? '' : ': NOT reached'}; answered after ` +
        `${Number(p50Ms).toFixed(0)} ms (median), ${Number(p99Ms).toFixed(0)} ms (p99); most memory ${(peakBytes / 1024 ** 2).toFixed(0)} MiB; ` +
        `load ${loadavg()[0]?.toFixed(1)}. Visible after the 200, ms:`,
    );
    printTable(
      ['reader', 'target p99', 'p50', 'p99', 'most', 'runs'],
      waits.map(({ reader, ms }) => [
        reader.title,
        `< ${TARGET_MS}`,
        ...[0.5, 0.99, 1].map((share) => quantile(ms, share).toFixed(0)),
        ms.length,
      ]),
    );
    return isRate && waits.every(({ ms }) => quantile(ms, 0.99) < TARGET_MS);
  });
}

async function sendRun(service: Service, traceId: string, user: string): Promise<void> {
  const time = String(BigInt(Date.now()) * 1_000_000n);
  const span = {
    traceId,
    spanId: '1'.repeat(16),
    name: 'probe',
    startTimeUnixNano: time,
    endTimeUnixNano: time,
    attributes: [{ key: 'user.id', value: { stringValue: user } }],
  };
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
  for (;;) {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${service.otlp}/v1/traces`, { method: 'POST', headers, body });
    await answer.arrayBuffer();
    if (answer.ok) return;
  }
}

async function untilSeen(url: string, isSeen: (body: string) => boolean): Promise<number> {
  const begin = performance.now();
  while (performance.now() - begin < GIVEN_UP_MS) {
    const answer = await fetch(url);
    if (isSeen(await answer.text())) return performance.now() - begin;
  }
  return GIVEN_UP_MS;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

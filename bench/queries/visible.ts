import { once } from 'node:events';
import { inDirectory, nextMessage, startProgram } from '../child-process.ts';
import { startService, type Service } from '../faults/service.ts';
import { printTable } from '../sample.ts';

/** A probe that was not seen by then is counted with this time, ms. */
const GIVEN_UP_MS = 30_000;
const TARGET_MS = 2_000;
const PROBES_PER_SECOND = 2;

/**
 * How long after its sender's 200 a run is there for readers of the API, while GenAI spans of 2 kB come at a rate: one run of its
 * own after the other is sent, then its list and the run itself are asked for until they show it.
 */
export async function measureVisibility(spansPerSecond: number, seconds: number): Promise<void> {
  await inDirectory(async (directory) => {
    const service = await startService(directory);
    const load = startProgram(new URL('../soak/sender.ts', import.meta.url), [
      service.otlp,
      String(spansPerSecond),
      String(seconds),
    ]);
    const loaded = Promise.all([nextMessage(load, ['sent']), once(load, 'exit')]);
    const endAt = performance.now() + seconds * 1_000;
    const waits: { list: number[]; run: number[] } = { list: [], run: [] };
    for (let index = 0; performance.now() < endAt; index += 1) {
      const next = performance.now() + 1_000 / PROBES_PER_SECOND;
      const traceId = index.toString(16).padStart(32, '9');
      await sendRun(service, traceId, `probe-${index}`);
      const [list, run] = await Promise.all([
        untilSeen(`${service.api}/v1/traces?user=probe-${index}`, (body) => body.includes(traceId)),
        untilSeen(`${service.api}/v1/traces/${traceId}`, (body) => body.includes('"spans":[{')),
      ]);
      waits.list.push(list);
      waits.run.push(run);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
    }
    const [{ sent }] = await loaded;
    await service.end('SIGTERM');
    console.log(
      `\n${String(sent)} spans in ${seconds} s, ${spansPerSecond} per second asked for; visible after the 200, ms:`,
    );
    printTable(
      ['reader', 'target p99', 'p50', 'p99', 'most', 'runs'],
      [
        ['list of runs', ...figuresOf(waits.list)],
        ['run by id, with spans', ...figuresOf(waits.run)],
      ],
    );
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

function figuresOf(waits: readonly number[]): (string | number)[] {
  const sorted = [...waits].sort((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(0);
  return [`< ${TARGET_MS}`, at(0.5), at(0.99), at(1), sorted.length];
}

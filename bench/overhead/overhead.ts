import { fork } from 'node:child_process';
import { once } from 'node:events';
import { median, minimum, printTable } from '../sample.ts';

const VARIANTS = ['none', 'otel', 'tracelore'] as const;
const ROUNDS = 10;
const CALLS = 2_000;
/** Each variant runs this often, in turn, so that a busy moment of the machine does not hit one of them alone. */
const SERIES = 3;

interface Measured {
  readonly perCall: readonly number[];
  readonly cpuPerCall: readonly number[];
}

/** Cost of tracing one async call with 1 kB in and 2 kB out, exported by OTLP/HTTP to a sink in another process. */
export async function runOverhead(): Promise<void> {
  const sink = fork(new URL('./sink.ts', import.meta.url));
  const [port]: unknown[] = await once(sink, 'message');
  const results = new Map<string, { perCall: number[]; cpuPerCall: number[] }>(
    VARIANTS.map((variant) => [variant, { perCall: [], cpuPerCall: [] }]),
  );
  for (let series = 0; series < SERIES; series += 1) {
    for (const variant of VARIANTS) {
      const { perCall, cpuPerCall } = await measure(variant, `http://127.0.0.1:${String(port)}`);
      results.get(variant)?.perCall.push(...perCall);
      results.get(variant)?.cpuPerCall.push(...cpuPerCall);
    }
  }
  sink.kill();
  const plain = results.get('otel');
  console.log(
    `Overhead per traced call, µs (${SERIES} × ${ROUNDS} rounds of ${CALLS} calls; cpu includes export)`,
  );
  printTable(
    ['variant', 'median', 'min', 'cpu median', 'cpu min', 'median ÷ otel', 'cpu ÷ otel'],
    [...results].map(([variant, { perCall, cpuPerCall }]) => [
      variant,
      median(perCall).toFixed(1),
      minimum(perCall).toFixed(1),
      median(cpuPerCall).toFixed(1),
      minimum(cpuPerCall).toFixed(1),
      (median(perCall) / median(plain?.perCall ?? [])).toFixed(2),
      (median(cpuPerCall) / median(plain?.cpuPerCall ?? [])).toFixed(2),
    ]),
  );
}

async function measure(variant: string, endpoint: string): Promise<Measured> {
  const child = fork(new URL('./child.ts', import.meta.url), [
    variant,
    endpoint,
    String(ROUNDS),
    String(CALLS),
  ]);
  const [message]: unknown[] = await once(child, 'message');
  if (
    typeof message !== 'object' ||
    message === null ||
    !('perCall' in message) ||
    !('cpuPerCall' in message)
  ) {
    throw new Error(`variant ${variant} sent no measurement`);
  }
  return { perCall: numbers(message.perCall), cpuPerCall: numbers(message.cpuPerCall) };
}

function numbers(value: unknown): number[] {
  return Array.isArray(value) ? value.map(Number) : [];
}

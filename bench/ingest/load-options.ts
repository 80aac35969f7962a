import { parseArgs } from 'node:util';
import { isLoadShape, type LoadShape } from './payload.ts';

export interface LoadOptions {
  readonly url: string;
  readonly shape: LoadShape;
  readonly requests: number;
  /** Number of the first request: requests of other numbers hold other spans. */
  readonly first: number;
  readonly connections: number;
  readonly json: boolean;
  readonly gzip: boolean;
}

/** The command line of a sender. */
export function loadOptions(): LoadOptions {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: '' },
      shape: { type: 'string', default: 'genai' },
      requests: { type: 'string', default: '40' },
      first: { type: 'string', default: '0' },
      connections: { type: 'string', default: '4' },
      json: { type: 'boolean', default: false },
      gzip: { type: 'boolean', default: false },
    },
  });
  const { shape } = values;
  if (!isLoadShape(shape)) throw new Error(`expected genai, prose, small or log as shape, got ${shape}`);
  return {
    ...values,
    shape,
    requests: Number(values.requests),
    first: Number(values.first),
    connections: Number(values.connections),
  };
}

/** A request without an answer by then has failed, ms: far longer than a collector that works lets anybody wait. */
export const ANSWER_MS_MAX = 60_000;

/** Tells the parent that everything is prepared, sends when it says so, and tells how long that took. */
export function sendWhenTold(bytesPerItem: number, send: () => Promise<void>): void {
  const timed = async (): Promise<void> => {
    const started = performance.now();
    await send();
    process.send?.({ elapsedMs: performance.now() - started });
    process.disconnect();
  };
  process.send?.({ bytesPerItem });
  process.once('message', () => {
    timed().catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  });
}

/** Runs as many of the workers at a time as there are connections; each takes the next body until none is left. */
export async function sendAll(
  bodies: readonly Uint8Array[],
  connections: number,
  post: (body: Uint8Array) => Promise<void>,
): Promise<void> {
  const waiting = [...bodies];
  const worker = async (): Promise<void> => {
    for (let body = waiting.pop(); body !== undefined; body = waiting.pop()) await post(body);
  };
  await Promise.all(Array.from({ length: connections }, worker));
}

/** Mean bytes of an item in these bodies. */
export function meanBytes(bodies: readonly Uint8Array[], itemsPerBody: number): number {
  return bodies.reduce((sum, body) => sum + body.byteLength, 0) / (bodies.length * itemsPerBody);
}

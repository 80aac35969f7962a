import { createNoopMeter, type Meter } from '@opentelemetry/api';
import type { Signal } from '../decode/decoded-request.ts';

/** Bounds of durations, seconds: from what memory answers to the patience of senders. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60];
const ROWS = [1, 10, 100, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000];

export type Transport = 'http' | 'grpc';

/** What is measured as it happens. Durations are ms, as clocks give them; metrics are in seconds. */
export interface RequestTimings {
  /** From the headers to the answer. `code` is the HTTP or gRPC status. */
  answered(transport: Transport, signal: Signal | 'other', code: number, ms: number): void;
  /** From the whole body to the end of the commit that holds it. */
  stored(signal: Signal, ms: number): void;
  /** One insert that went well. */
  committed(rows: number, ms: number): void;
}

/** @param meter default: one that forgets */
export function createRequestTimings(meter: Meter = createNoopMeter()): RequestTimings {
  const histogram = (
    name: string,
    description: string,
    explicitBucketBoundaries: number[],
  ): ReturnType<Meter['createHistogram']> =>
    meter.createHistogram(`tracelore_collector_${name}`, {
      description,
      advice: { explicitBucketBoundaries },
    });
  const requests = histogram(
    'request_duration_seconds',
    'From the headers of a request to its answer, by transport, signal and status.',
    SECONDS,
  );
  const lag = histogram(
    'stored_after_seconds',
    'From the whole body of a request until it is stored, by signal.',
    SECONDS,
  );
  const commits = histogram('commit_duration_seconds', 'One insert into the store.', SECONDS);
  const rows = histogram('commit_rows', 'Rows of one insert.', ROWS);
  return {
    answered: (transport, signal, code, ms) =>
      requests.record(ms / 1_000, { transport, signal, code: String(code) }),
    stored: (signal, ms) => lag.record(ms / 1_000, { signal }),
    committed: (count, ms) => {
      commits.record(ms / 1_000);
      rows.record(count);
    },
  };
}

import type { Meter } from '@opentelemetry/api';

/** Bounds of the time of a request, seconds. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Takes how long a request to the API took. `route` is a path of the API with its placeholders, or `other`. */
export type RequestTimes = (route: string, method: string, status: number, ms: number) => void;

export function createRequestTimes(meter: Meter): RequestTimes {
  const times = meter.createHistogram('tracelore_http_request_duration_seconds', {
    description: 'Requests to the API, by route, method and status.',
    advice: { explicitBucketBoundaries: SECONDS },
  });
  return (route, method, status, ms) => times.record(ms / 1_000, { route, method, code: String(status) });
}

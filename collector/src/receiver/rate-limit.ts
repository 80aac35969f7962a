import { Refusal } from '../errors.ts';

/** What one sender may send. A sender is an API key; without keys all senders are one. */
export interface RateLimit {
  /** Bodies as they come, before inflation. Default: no limit. */
  readonly bytesPerSecond?: number;
  /** Default: no limit. */
  readonly requestsPerSecond?: number;
}

/** Unused allowance is kept for this long, seconds: exporters send in bursts. */
const BURST_S = 10;
/** Senders remembered. There are no more than there are keys. */
const SENDERS_MAX = 10_000;

interface Bucket {
  bytes: number;
  requests: number;
  filledAtMs: number;
}

/**
 * One allowance per sender, filled steadily. A request is admitted while there is any left and takes what it used, so
 * that a large one is never refused for ever; the next ones then wait until the debt is paid.
 */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /** @param now monotonic, ms */
  constructor(limit: RateLimit, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Counts a request. Throws a {@link Refusal} `rate_limited` that says when to try again. */
  admit(sender: string): void {
    const bucket = this.#filled(sender);
    const waitMs = Math.max(
      waitFor(bucket.bytes, this.#limit.bytesPerSecond),
      waitFor(bucket.requests, this.#limit.requestsPerSecond),
    );
    if (waitMs > 0)
      throw new Refusal('rate_limited', 'this sender is over its rate: send again later', '', waitMs);
    bucket.requests -= 1;
  }

  /** Takes the bytes of an admitted request from the allowance. */
  spend(sender: string, bytes: number): void {
    this.#filled(sender).bytes -= bytes;
  }

  #filled(sender: string): Bucket {
    const { bytesPerSecond = 0, requestsPerSecond = 0 } = this.#limit;
    const now = this.#now();
    let bucket = this.#buckets.get(sender);
    if (bucket === undefined) {
      if (this.#buckets.size >= SENDERS_MAX) this.#buckets.clear();
      bucket = { bytes: bytesPerSecond * BURST_S, requests: requestsPerSecond * BURST_S, filledAtMs: now };
      this.#buckets.set(sender, bucket);
    }
    const seconds = (now - bucket.filledAtMs) / 1_000;
    bucket.bytes = Math.min(bytesPerSecond * BURST_S, bucket.bytes + seconds * bytesPerSecond);
    bucket.requests = Math.min(requestsPerSecond * BURST_S, bucket.requests + seconds * requestsPerSecond);
    bucket.filledAtMs = now;
    return bucket;
  }
}

/** Time until something is left, ms. */
function waitFor(left: number, perSecond: number | undefined): number {
  return perSecond === undefined || left > 0 ? 0 : ((1 - left) / perSecond) * 1_000;
}

import type { Clock } from '../trials/clock.ts';
import { VERSION } from '../version.ts';
import type { Notice } from './notice.ts';
import { postNotice, type Attempt } from './post-notice.ts';
import { DELIVERY_HEADER, sign, SIGNATURE_HEADER } from './signature.ts';

/** Notices that wait for one address; at the limit new ones are dropped and counted. Some 500 bytes each. */
export const WAITING_MAX = 1_000;
/** Attempts for one notice; then it is given up and counted. With their pauses they take 17 minutes. */
export const ATTEMPTS_MAX = 10;
/** Pause before the second attempt, ms; doubles with each. */
export const RETRY_PAUSE_MS = 2_000;

export interface WebhookOptions {
  readonly urls: readonly string[];
  readonly secret: string;
  readonly allowsPrivate: boolean;
  readonly clock: Clock;
  /** Told of each notice that was given up. */
  readonly report: (text: string) => void;
}

/** How deliveries to one address stand, since the start. */
export interface WebhookStatus {
  /** Without path and query, which may hold secrets. */
  readonly origin: string;
  readonly waiting: number;
  readonly delivered: number;
  readonly givenUp: number;
  readonly dropped: number;
  /** '' = the last attempt went well, or there was none. */
  readonly lastFailure: string;
}

/** Tells others over HTTP. Nothing waits for it. */
export interface Webhooks {
  /** Returns at once. */
  tell(notices: readonly Notice[]): void;
  status(): readonly WebhookStatus[];
  /** Ends; what waits is lost, and said so. */
  stop(): Promise<void>;
}

export function createWebhooks(options: WebhookOptions): Webhooks {
  const lines = options.urls.map((url) => new Line(url, options));
  return {
    tell(notices) {
      for (const line of lines) line.add(notices);
    },
    status: () => lines.map((line) => line.status()),
    async stop() {
      await Promise.all(lines.map((line) => line.stop()));
    },
  };
}

/** Deliveries to one address, one after another in order. */
class Line {
  readonly #url: string;
  readonly #options: WebhookOptions;
  readonly #stopping = new AbortController();
  #queue: Notice[] = [];
  #working: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #delivered = 0;
  #givenUp = 0;
  #dropped = 0;
  #lastFailure = '';

  constructor(url: string, options: WebhookOptions) {
    this.#url = url;
    this.#options = options;
  }

  get #origin(): string {
    return new URL(this.#url).origin;
  }

  add(notices: readonly Notice[]): void {
    if (this.#stopping.signal.aborted) return;
    const free = WAITING_MAX - this.#queue.length;
    this.#queue.push(...notices.slice(0, free));
    this.#dropped += Math.max(0, notices.length - free);
    if (this.#queue.length > 0) this.#working ??= this.#work();
  }

  status(): WebhookStatus {
    return {
      origin: this.#origin,
      waiting: this.#queue.length,
      delivered: this.#delivered,
      givenUp: this.#givenUp,
      dropped: this.#dropped,
      lastFailure: this.#lastFailure,
    };
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake?.();
    await this.#working;
    if (this.#queue.length > 0)
      this.#options.report(
        `webhook ${this.#origin}: ${this.#queue.length} notices were not delivered before the end`,
      );
  }

  async #work(): Promise<void> {
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      const isOver = await this.#deliver(next);
      if (!isOver) break;
      this.#queue.shift();
    }
    this.#working = undefined;
  }

  /** Whether it was delivered or given up; false = the service ends. */
  async #deliver(notice: Notice): Promise<boolean> {
    for (let attempt = 1; ; attempt += 1) {
      const result = await this.#attempt(notice);
      if (this.#stopping.signal.aborted && !result.ok) return false;
      this.#lastFailure = result.ok ? '' : result.reason;
      if (result.ok) {
        this.#delivered += 1;
        return true;
      }
      if (!result.again || attempt >= ATTEMPTS_MAX) {
        this.#givenUp += 1;
        this.#options.report(
          `webhook ${this.#origin}: notice ${notice.id} (${notice.type}) was given up after ${attempt} attempt(s): ${result.reason}`,
        );
        return true;
      }
      await this.#pause(RETRY_PAUSE_MS * 2 ** (attempt - 1));
      if (this.#stopping.signal.aborted) return false;
    }
  }

  #attempt(notice: Notice): Promise<Attempt> {
    const { secret, allowsPrivate, clock } = this.#options;
    const body = JSON.stringify(notice);
    const seconds = Math.floor(clock.now().getTime() / 1_000);
    const headers = {
      [SIGNATURE_HEADER]: sign(secret, seconds, body),
      [DELIVERY_HEADER]: notice.id,
      'user-agent': `tracelore/${VERSION}`,
    };
    return postNotice({ url: this.#url, headers, body, allowsPrivate }, this.#stopping.signal);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const takeBack = this.#options.clock.after(ms, resolve);
      this.#wake = () => {
        takeBack();
        resolve();
      };
    });
  }
}

import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How often the loop is looked at, ms: delays below it are not seen. */
const RESOLUTION_MS = 10;
/** Values are of the present and the last window of this length, ms: whoever reads twice a minute sees every peak. */
const WINDOW_MS = 30_000;
const NS_PER_SECOND = 1e9;

export interface EventLoopDelay {
  /** Seconds. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** How long work on the main thread kept everything else waiting. */
export class EventLoopWatch {
  readonly #present = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #timer: NodeJS.Timeout;
  #last: EventLoopDelay = { p50: 0, p99: 0, max: 0 };

  constructor() {
    this.#present.enable();
    this.#timer = setInterval(() => {
      this.#last = this.#read();
      this.#present.reset();
    }, WINDOW_MS).unref();
  }

  get delay(): EventLoopDelay {
    const now = this.#read();
    return {
      p50: Math.max(now.p50, this.#last.p50),
      p99: Math.max(now.p99, this.#last.p99),
      max: Math.max(now.max, this.#last.max),
    };
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#present.disable();
  }

  /** The timer's own period is no delay. */
  #read(): EventLoopDelay {
    const seconds = (ns: number): number =>
      this.#present.count === 0 ? 0 : Math.max(0, ns / NS_PER_SECOND - RESOLUTION_MS / 1_000);
    return {
      p50: seconds(this.#present.percentile(50)),
      p99: seconds(this.#present.percentile(99)),
      max: seconds(this.#present.max),
    };
  }
}

import { StoreError } from '../store-error.ts';
import type { Lane } from './lane.ts';

/** Callers that wait for a lane; one more is refused with `busy`. */
export const LANE_WAITERS_MAX = 1_000;

interface Waiter {
  readonly resolve: (lane: Lane) => void;
  readonly reject: (error: StoreError) => void;
}

/** Hands every lane to one caller at a time, in the order they asked. Lanes are opened when first needed. */
export class LanePool {
  readonly #open: () => Lane;
  readonly #lanesMax: number;
  readonly #idle: Lane[] = [];
  readonly #waiting: Waiter[] = [];
  #lanes = 0;
  #closed = false;
  #whenIdle: (() => void) | undefined;

  constructor(lanesMax: number, open: () => Lane) {
    this.#lanesMax = lanesMax;
    this.#open = open;
  }

  /** Waits for a lane; an aborted caller leaves the queue. */
  async take(signal?: AbortSignal): Promise<Lane> {
    if (this.#closed) throw closedError();
    if (signal?.aborted === true) throw abortedError();
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#lanes < this.#lanesMax) {
      const lane = this.#open();
      this.#lanes++;
      return lane;
    }
    if (this.#waiting.length >= LANE_WAITERS_MAX) {
      throw new StoreError('busy', `${LANE_WAITERS_MAX} queries wait for the store already`);
    }
    return await this.#wait(signal);
  }

  #wait(signal: AbortSignal | undefined): Promise<Lane> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(abortedError());
      };
      const waiter: Waiter = {
        resolve: (lane) => {
          signal?.removeEventListener('abort', leave);
          resolve(lane);
        },
        reject: (error) => {
          signal?.removeEventListener('abort', leave);
          reject(error);
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.push(waiter);
    });
  }

  /** Gives a lane back. After any error it is replaced: a failed query can leave rows behind for the next one. */
  give(lane: Lane, state: 'clean' | 'replace'): void {
    if (state === 'replace' || this.#closed) {
      lane.close();
      this.#lanes--;
      if (!this.#closed) this.#openForWaiter();
    } else {
      const waiter = this.#waiting.shift();
      if (waiter === undefined) this.#idle.push(lane);
      else waiter.resolve(lane);
    }
    if (this.#lanes === 0) this.#whenIdle?.();
  }

  #openForWaiter(): void {
    const waiter = this.#waiting.shift();
    if (waiter === undefined) return;
    try {
      const lane = this.#open();
      this.#lanes++;
      waiter.resolve(lane);
    } catch (error) {
      // With no lane left nobody would ever call the others.
      const others = this.#lanes === 0 ? this.#waiting.splice(0) : [];
      const reason = new StoreError('unavailable', `a lane could not be reopened: ${String(error)}`);
      for (const one of [waiter, ...others]) one.reject(reason);
    }
  }

  /** Refuses new work and waiting callers, closes idle lanes; resolves when the last lane in use came back. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const waiter of this.#waiting.splice(0)) waiter.reject(closedError());
    for (const lane of this.#idle.splice(0)) {
      lane.close();
      this.#lanes--;
    }
    if (this.#lanes === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
    });
  }
}

function closedError(): StoreError {
  return new StoreError('closed', 'the embedded store is closed');
}

function abortedError(): StoreError {
  return new StoreError('aborted', 'the query was stopped before it started');
}

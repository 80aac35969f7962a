import { setTimeout as pause } from 'node:timers/promises';

/** A reader waits at most this long for what was just received, ms; then it sees what is there. */
export const FRESH_WAIT_MS = 10_000;

/** Resolves when what was received before the call is visible, at the latest after `waitMs` ({@link FRESH_WAIT_MS}). */
export type Freshness = (waitMs?: number) => Promise<void>;

/**
 * Lets readers see what was received a moment ago, although runs are recomputed only when they have been quiet: whoever
 * looks causes a refresh. One that already runs may have begun too early for a reader, so readers who come meanwhile
 * share the one after it: two at most are due at any time. Nobody waits long or sees a failure.
 */
export function createFreshness(refresh: () => Promise<void>): Freshness {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  async function run(): Promise<void> {
    try {
      await refresh();
    } catch {
      // The collector keeps what failed and tries again; the reader sees what is there.
    }
  }

  /** A refresh that begins after now. */
  function coming(): Promise<void> {
    if (running !== undefined) {
      next ??= running.then(() => {
        next = undefined;
        return begin();
      });
      return next;
    }
    return begin();
  }

  function begin(): Promise<void> {
    const begun = run().finally(() => {
      if (running === begun) running = undefined;
    });
    running = begun;
    return begun;
  }

  return async (waitMs = FRESH_WAIT_MS) => {
    const patience = new AbortController();
    const enough = pause(waitMs, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([coming(), enough]);
    patience.abort();
  };
}

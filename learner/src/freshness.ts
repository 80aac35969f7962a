import { setTimeout as pause } from 'node:timers/promises';

/** A reader waits at most this long for what was just received, ms; then it sees what is there. */
export const FRESH_WAIT_MS = 2_000;
/** So long does one wait who would otherwise be told that there is no such thing, ms. */
export const FRESH_WAIT_MAX_MS = 10_000;
/** Readers that come this soon after the last refresh do not cause another one, ms. */
export const FRESH_FOR_MS = 200;

/** Resolves when what was received before is visible, at the latest after `waitMs` ({@link FRESH_WAIT_MS}). */
export type Freshness = (waitMs?: number) => Promise<void>;

/**
 * Lets readers see what was received a moment ago, although runs are recomputed only when they have been quiet: whoever
 * looks causes a refresh, many at once cause one, and nobody waits long or sees its failure.
 */
export function createFreshness(
  refresh: () => Promise<void>,
  now: () => number = () => performance.now(),
): Freshness {
  let running: Promise<void> | undefined;
  let refreshedAt = Number.NEGATIVE_INFINITY;

  async function run(): Promise<void> {
    try {
      await refresh();
    } catch {
      // The collector keeps what failed and tries again; the reader sees what is there.
    }
    refreshedAt = now();
    running = undefined;
  }

  return async (waitMs = FRESH_WAIT_MS) => {
    if (running === undefined && now() - refreshedAt < FRESH_FOR_MS) return;
    running ??= run();
    const patience = new AbortController();
    const enough = pause(waitMs, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([running, enough]);
    patience.abort();
  };
}

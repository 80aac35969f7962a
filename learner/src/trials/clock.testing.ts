import type { Clock } from './clock.ts';

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves time on and makes every call that is due, in order. */
  advance(ms: number): void;
}

export function manualClock(start: number = Date.parse('2026-11-20T00:00:00Z')): ManualClock {
  let now = start;
  let calls: { at: number; call: () => void }[] = [];
  return {
    now: () => new Date(now),
    after(ms, call) {
      const entry = { at: now + ms, call };
      calls.push(entry);
      return () => {
        calls = calls.filter((other) => other !== entry);
      };
    },
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const next = calls.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        calls = calls.filter((other) => other !== next);
        now = next.at;
        next.call();
      }
      now = end;
    },
  };
}

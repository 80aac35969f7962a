import { readdirSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/** How much nicer the engine's threads are than the service's own: with both busy on one core they get a quarter of it. */
export const ENGINE_NICENESS = 5;
/** The nicest that there is. */
const NICENESS_MAX = 19;
/** The engine starts threads when it needs them: how often they are looked for, ms. One look takes a tenth of a millisecond. */
const LOOK_MS = 2_000;
/** Linux knows threads by number, and each has a priority of its own; elsewhere nothing is done. */
const THREADS = '/proc/self/task';

export interface EnginePriority {
  /** Looks for new threads at once, not only now and then. */
  look(): void;
  stop(): void;
}

/**
 * Lets the threads of the embedded engine (merges, inserts, queries) give way to the main thread, which answers agents, where
 * both want the same core. Call it before the engine is opened: what is there by then is Node's own. Needs no privilege, and
 * changes nothing where it is not possible.
 */
export function lowerEnginePriority(): EnginePriority {
  let known = new Set(threads());
  const niceness = Math.min(NICENESS_MAX, getPriority() + ENGINE_NICENESS);
  const look = (): void => {
    const present = threads();
    for (const thread of present) if (!known.has(thread)) lower(thread, niceness);
    known = new Set(present);
  };
  const timer = known.size === 0 ? undefined : setInterval(look, LOOK_MS).unref();
  return { look, stop: () => clearInterval(timer) };
}

function threads(): number[] {
  try {
    return readdirSync(THREADS).map(Number);
  } catch {
    return [];
  }
}

function lower(thread: number, niceness: number): void {
  try {
    setPriority(thread, niceness);
  } catch {
    // It has ended, or a sandbox forbids it.
  }
}

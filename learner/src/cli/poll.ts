import { setTimeout as pause } from 'node:timers/promises';

/** Time between two looks at long work, ms. */
const POLL_MS = 500;

/** Asks until the work is done, telling each change of its state in words. */
export async function follow<T>(
  ask: () => Promise<T>,
  options: {
    readonly isDone: (state: T) => boolean;
    /** One line about where the work stands. */
    readonly tell: (state: T) => string;
    readonly note: (text: string) => void;
  },
): Promise<T> {
  let told = '';
  for (;;) {
    const state = await ask();
    const line = options.tell(state);
    if (line !== told) options.note(line);
    told = line;
    if (options.isDone(state)) return state;
    await pause(POLL_MS);
  }
}

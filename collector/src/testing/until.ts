import { setTimeout as pause } from 'node:timers/promises';

/** Time between two looks, ms, and how many there are: a minute on any machine. */
const LOOK_MS = 5;
const LOOKS_MAX = 12_000;

/** Resolves when something holds that no event tells. Throws when it never comes to. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    if (await holds()) return;
    await pause(LOOK_MS);
  }
  throw new Error('it never came to hold');
}

import { appendFileSync } from 'node:fs';

/** How often the main thread is looked at, ms: the work of one turn is seen with at most this much of another. */
const LOOK_MS = 1;
const WRITE_MS = 250;

/**
 * Loaded into a service before its own code: writes down, four times a second, the most processor time that its main thread
 * spent in one turn of the event loop, ms. Processor time, so that others on the machine do not count.
 */
const file = process.env['BENCH_TURNS_FILE'];
if (file !== undefined) {
  let before = threadMs();
  let longest = 0;
  setInterval(() => {
    const now = threadMs();
    longest = Math.max(longest, now - before);
    before = now;
  }, LOOK_MS).unref();
  setInterval(() => {
    appendFileSync(file, `${Date.now()} ${longest.toFixed(2)}\n`);
    longest = 0;
  }, WRITE_MS).unref();
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

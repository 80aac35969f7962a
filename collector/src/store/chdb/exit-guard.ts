import type { Lane } from './lane.ts';

/** How long an exiting process waits for running inserts; reads are told to stop. */
export const EXIT_WAIT_MS_MAX = 10_000;
const POLL_MS = 50;
const KILL_READS = `KILL QUERY WHERE query_kind = 'Select' ASYNC`;
/** A stopped read stays listed until its connection is closed; it has ended when it reads no further. */
const PROGRESS = 'SELECT countIf(NOT is_cancelled), sum(read_rows) FROM system.processes';
/** The question itself is running. */
const ALONE = /^1\t/;

/**
 * Closes the engine when the process exits without having closed it (`process.exit`, an uncaught error): with connections
 * left open the native library crashes or hangs on the way out, which would hide the exit code. Everything here is
 * synchronous, as exit listeners must be. Call the result after a proper close.
 */
export function guardExit(control: () => Lane, lanes: () => Iterable<Lane>): () => void {
  const close = (): void => {
    const lane = control();
    const pause = new Int32Array(new SharedArrayBuffer(4));
    lane.runSync(KILL_READS);
    let before = '';
    for (let waited = 0; ; waited += POLL_MS) {
      const progress = lane.runSync(PROGRESS);
      if (ALONE.test(progress) && progress === before) break;
      before = progress;
      // What is stored stays stored; an insert under way was never answered.
      if (waited >= EXIT_WAIT_MS_MAX) process.kill(process.pid, 'SIGKILL');
      Atomics.wait(pause, 0, 0, POLL_MS);
    }
    for (const open of lanes()) open.closeAtExit();
  };
  process.once('exit', close);
  return () => process.removeListener('exit', close);
}

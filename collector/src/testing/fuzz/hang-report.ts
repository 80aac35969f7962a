import { Buffer } from 'node:buffer';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { workerData } from 'node:worker_threads';

interface Watched {
  readonly shared: SharedArrayBuffer;
  readonly hungMs: number;
  readonly directory: string;
}

/** Body of the thread of `hang-watch.ts`. */
function watch({ shared, hungMs, directory }: Watched): void {
  const head = new Int32Array(shared, 0, 2);
  for (;;) {
    const running = Atomics.load(head, 0);
    if (Atomics.wait(head, 0, running, hungMs) !== 'timed-out') continue;
    // No wake-up is sent: that the number still stands is what tells.
    if (Atomics.load(head, 0) !== running || running === 0) continue;
    const input = Buffer.from(Buffer.from(shared, 8, head[1]));
    mkdirSync(directory, { recursive: true });
    const file = path.join(directory, 'hung');
    writeFileSync(file, input);
    writeFileSync(process.stdout.fd, `an input took more than ${hungMs} ms: ${file}\n`);
    process.kill(process.pid, 'SIGKILL');
  }
}

watch(workerData);

import { Buffer } from 'node:buffer';
import { Worker } from 'node:worker_threads';

/** An input that takes this long has hung, ms of the clock: twenty times what is allowed, since others use the machine too. */
const HUNG_MS = 20_000;
/** Inputs are kept for the report up to this length, bytes. */
const INPUT_BYTES_MAX = 1_048_576;

/** Words in front of the input in the shared memory: number of the input, its length. */
const HEAD = 2;

/** A thread that looks on: an input that never ends cannot be reported by the thread that runs it. It ends the process. */
export class HangWatch {
  readonly #shared = new SharedArrayBuffer(HEAD * 4 + INPUT_BYTES_MAX);
  readonly #head = new Int32Array(this.#shared, 0, HEAD);
  readonly #input = Buffer.from(this.#shared, HEAD * 4);
  readonly #worker: Worker;

  constructor(directory: string) {
    this.#worker = new Worker(new URL('hang-report.ts', import.meta.url), {
      workerData: { shared: this.#shared, hungMs: HUNG_MS, directory },
    });
  }

  begins(_kind: string, input: Buffer): void {
    input.copy(this.#input);
    this.#head[1] = Math.min(input.length, INPUT_BYTES_MAX);
    Atomics.add(this.#head, 0, 1);
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

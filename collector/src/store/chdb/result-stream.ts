import { Readable } from 'node:stream';
import type { LaneStream } from './lane.ts';

/** Fetched before a query resolves, so that small results and early errors are known by then. */
export const PREFETCH_BYTES: number = 1024 * 1024;

export interface StreamEnd {
  /** The native query came to its end, with or without an error; the lane is free. */
  ended(error: unknown): void;
  /** The reader left early: tell the engine to stop. */
  abandon(): void;
  /** An engine error in the client's form. */
  toError(error: unknown): Error;
}

/** The output of one query as a Readable: one fetch per read, so a slow consumer holds the engine back. */
export class ResultStream extends Readable {
  readonly #stream: LaneStream;
  readonly #end: StreamEnd;
  readonly #fetched: Uint8Array[];
  #over = false;
  #fetching = false;

  private constructor(stream: LaneStream, end: StreamEnd, fetched: Uint8Array[], over: boolean) {
    super({ highWaterMark: PREFETCH_BYTES });
    this.#stream = stream;
    this.#end = end;
    this.#fetched = fetched;
    this.#over = over;
  }

  /** Resolves when the first {@link PREFETCH_BYTES} or the whole result is there; rejects with the native error. */
  static async open(stream: LaneStream, end: StreamEnd): Promise<ResultStream> {
    const fetched: Uint8Array[] = [];
    let bytes = 0;
    try {
      while (bytes < PREFETCH_BYTES) {
        const chunk = await stream.next();
        if (chunk === undefined) {
          stream.free();
          end.ended(undefined);
          return new ResultStream(stream, end, fetched, true);
        }
        fetched.push(chunk);
        bytes += chunk.byteLength;
      }
    } catch (error) {
      stream.free();
      end.ended(error);
      throw end.toError(error);
    }
    return new ResultStream(stream, end, fetched, false);
  }

  override _read(): void {
    for (;;) {
      const chunk = this.#fetched.shift();
      if (chunk === undefined) break;
      if (!this.push(chunk)) return;
    }
    if (this.#over) this.push(null);
    else void this.#fetch();
  }

  async #fetch(): Promise<void> {
    this.#fetching = true;
    let chunk: Uint8Array | undefined;
    try {
      chunk = await this.#stream.next();
    } catch (error) {
      this.#fetching = false;
      this.#finish(error);
      this.destroy(this.#end.toError(error));
      return;
    }
    this.#fetching = false;
    if (this.destroyed) return this.#finish(new Error('the reader left'));
    if (chunk === undefined) {
      this.#finish(undefined);
      this.push(null);
    } else this.push(chunk);
  }

  #finish(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#stream.free();
    this.#end.ended(error);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.#over) {
      this.#end.abandon();
      // With a fetch under way the handle is freed when that fetch returns.
      if (!this.#fetching) this.#finish(error ?? new Error('the reader left'));
    }
    callback(error);
  }
}

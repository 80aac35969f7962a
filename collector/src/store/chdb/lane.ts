import type { NativeConnection, NativeEngine, NativeResult } from './native.ts';
import { StoreError } from '../store-error.ts';

export interface LaneStream {
  /** The next block of output, or `undefined` at the end. One call at a time. */
  next(): Promise<Uint8Array | undefined>;
  /** Frees the query. Must not be called while `next` is under way. */
  free(): void;
}

export type Parameters = Readonly<Record<string, string>>;

/**
 * One native connection, one call at a time: two parameterised calls on one handle race and read each other's values.
 * A call on a closed handle would end the engine of the whole process, so the lane refuses it.
 */
export class Lane {
  readonly #engine: NativeEngine;
  readonly #connection: NativeConnection;
  #closed = false;
  #busy = false;

  constructor(engine: NativeEngine, directory: string, args: readonly string[]) {
    this.#engine = engine;
    this.#connection = engine.CreateConnection(directory, args);
  }

  async run(sql: string, format: string, parameters: Parameters = {}): Promise<NativeResult> {
    return await this.#alone(() =>
      this.#engine.QueryAsyncConnection(this.#connection, sql, format, parameters),
    );
  }

  /** Blocks the event loop: only for a process that exits. */
  runSync(sql: string): string {
    this.#guard();
    return this.#engine.QueryWithConnection(this.#connection, sql, 'TSV');
  }

  /** Number of statements and what they do. */
  async classify(sql: string): Promise<{ statementCount: number; queryClass: number }> {
    return await this.#alone(() => this.#engine.DurableClassifyAsync(this.#connection, sql, 'default'));
  }

  stream(sql: string, format: string, parameters: Parameters = {}): LaneStream {
    this.#guard();
    const handle = this.#engine.StreamQuery(this.#connection, sql, format, parameters);
    let freed = false;
    return {
      next: async () => {
        if (freed) return undefined;
        const chunk = await this.#alone(() => this.#engine.StreamFetch(handle));
        return chunk.done ? undefined : (chunk.bytes ?? new Uint8Array());
      },
      free: () => {
        if (freed) return;
        freed = true;
        if (!this.#closed) this.#engine.StreamCancel(handle);
      },
    };
  }

  /** The result in one piece, for what the engine cannot stream. */
  whole(sql: string, format: string, parameters: Parameters = {}): LaneStream {
    let asked = false;
    return {
      next: async () => {
        if (asked) return undefined;
        asked = true;
        return (await this.run(sql, format, parameters)).bytes;
      },
      free: () => undefined,
    };
  }

  /** Safe to call twice; never while a call is under way. */
  close(): void {
    if (this.#closed) return;
    if (this.#busy) throw new StoreError('busy', 'a lane was closed while its query runs');
    this.#closed = true;
    this.#engine.CloseConnection(this.#connection);
  }

  /** Closes also when the answer of a query that has ended was not yet taken. */
  closeAtExit(): void {
    this.#busy = false;
    this.close();
  }

  get closed(): boolean {
    return this.#closed;
  }

  #guard(): void {
    if (this.#closed) throw new StoreError('closed', 'the embedded store is closed');
    if (this.#busy) throw new StoreError('busy', 'a lane got a second query while its first runs');
  }

  async #alone<T>(call: () => Promise<T>): Promise<T> {
    this.#guard();
    this.#busy = true;
    try {
      return await call();
    } finally {
      this.#busy = false;
    }
  }
}

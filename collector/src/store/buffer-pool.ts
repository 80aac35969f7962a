/** Smaller buffers are cheap to make. */
const POOLED_BYTES_MIN = 64 * 1024;
/** Buffers kept for later use, together; more are left to the garbage collector. */
const KEPT_BYTES_MAX: number = 64 * 1024 * 1024;

/**
 * Buffers that are used again and again. Fresh memory costs a page fault per 4 KiB, and every large buffer that is left to
 * the garbage collector brings its next full run nearer.
 */
export class BufferPool {
  /** By size, a power of two. */
  readonly #free = new Map<number, Buffer[]>();
  #keptBytes = 0;

  /** A buffer of at least this many bytes, with anything in it. */
  take(bytes: number): Buffer {
    if (bytes < POOLED_BYTES_MIN) return Buffer.allocUnsafe(bytes);
    const size = 2 ** Math.ceil(Math.log2(bytes));
    const buffer = this.#free.get(size)?.pop();
    if (buffer === undefined) return Buffer.allocUnsafeSlow(size);
    this.#keptBytes -= size;
    return buffer;
  }

  /** Takes a buffer back that nobody reads any more. */
  give(buffer: Buffer): void {
    const size = buffer.length;
    const isOurs = size >= POOLED_BYTES_MIN && Number.isInteger(Math.log2(size));
    if (!isOurs || this.#keptBytes + size > KEPT_BYTES_MAX) return;
    const list = this.#free.get(size);
    if (list === undefined) this.#free.set(size, [buffer]);
    else list.push(buffer);
    this.#keptBytes += size;
  }
}

/** The pool of this process: bodies that are read, and batches that wait for their write, take turns in it. */
export const BUFFERS: BufferPool = new BufferPool();

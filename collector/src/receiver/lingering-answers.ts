import type { IncomingMessage, ServerResponse } from 'node:http';

/** Time for the rest of a refused body, ms. */
const LINGER_MS = 30_000;
/** A sender that sends nothing for this long has understood, ms. */
const IDLE_MS = 5_000;
/** Most bytes that are read and dropped for the sake of an answer. */
const DROPPED_BYTES_MAX = 268_435_456;

/**
 * Answers that are given before their request was read. A connection that is closed with data on its way is reset, and takes
 * the answer with it: senders would see a broken pipe and send the same again. So the answer goes out at once, and the
 * connection is closed when the rest of the body has come, or a limit is reached.
 */
export class LingeringAnswers {
  readonly #ends = new Set<() => void>();

  /** Sends an answer whose head is written, whole; the connection lingers. */
  send(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    let left = DROPPED_BYTES_MAX;
    const end = (): void => {
      clearTimeout(deadline);
      clearTimeout(idle);
      this.#ends.delete(end);
      response.end();
    };
    const deadline = setTimeout(end, LINGER_MS).unref();
    const idle = setTimeout(end, IDLE_MS).unref();
    this.#ends.add(end);
    request.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) end();
      else idle.refresh();
    });
    request.once('end', end);
    request.once('close', end);
    response.write(body);
    request.resume();
  }

  /** Nobody is waited for any more. */
  endAll(): void {
    for (const end of this.#ends) end();
  }
}

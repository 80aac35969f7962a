/** Largest answer of a model that is read, bytes. Its text is a few kB; a batch of vectors as text some MB. */
export const ANSWER_BYTES_MAX: number = 16 * 1_024 ** 2;

/** An answer larger than {@link ANSWER_BYTES_MAX}: it is not read further. */
export class AnswerTooLarge extends Error {
  constructor(bytesMax: number) {
    super(`the answer is larger than ${bytesMax} bytes; it was not read to its end`);
    this.name = 'AnswerTooLarge';
  }
}

/** `fetch`, whose answers end with an error beyond a size: a server that never stops must not fill the memory. */
export function boundedFetch(bytesMax: number = ANSWER_BYTES_MAX): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (response.body === null) return response;
    let bytes = 0;
    const bounded = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          bytes += chunk.byteLength;
          if (bytes > bytesMax) controller.error(new AnswerTooLarge(bytesMax));
          else controller.enqueue(chunk);
        },
      }),
    );
    const { status, statusText, headers } = response;
    return new Response(bounded, { status, statusText, headers });
  };
}

import { ReadableStream, type ReadableByteStreamController } from 'node:stream/web';

import { watchAbandonment } from './abandonment.ts';
import { observeReadable } from './observe-iterator.ts';
import type { ResultRecorder } from './result-recorder.ts';
import { hasMethod, shadow } from './shadow.ts';

/** A Node stream that can be read: told by its methods, since it may come from another copy of the module. */
export function isNodeReadable(value: object): boolean {
  return ['pipe', 'on', 'read', 'emit'].every((key) => hasMethod(value, key));
}

/**
 * Watches a Node stream through the events it emits anyway. No listener is added: a `data` listener would start the
 * flow, an `error` listener would hide an unhandled error.
 */
export function observeNodeReadable(stream: object, recorder: ResultRecorder): void {
  const shadowed = shadow(
    stream,
    'emit',
    (original) =>
      function (this: unknown, ...args: unknown[]): unknown {
        const [event, value] = args;
        if (event === 'data') recorder.chunk(value);
        else if (event === 'end') recorder.close();
        else if (event === 'error') recorder.fail(value);
        else if (event === 'close') recorder.close('abandoned');
        return Reflect.apply(original, this, args);
      },
  );
  if (shadowed) watchAbandonment(stream, recorder);
  else recorder.close();
}

export function isWebStream(value: object): value is ReadableStream<unknown> {
  return value instanceof ReadableStream;
}

/**
 * Watches a web stream. Readers inside the platform (`new Response(stream)`, `pipeTo`, `tee`) call no method that could
 * be seen, so a plain stream is replaced by one of the same type that pulls from it on demand: nothing is read ahead.
 * A subclass, or a stream with methods of its own, stays itself and is watched where it is iterated or read.
 */
export function observeWebStream(
  stream: ReadableStream<unknown>,
  recorder: ResultRecorder,
): ReadableStream<unknown> {
  if (stream.locked) {
    recorder.close();
    return stream;
  }
  if (stream.constructor !== ReadableStream || Reflect.ownKeys(stream).some(isOwnMethod)) {
    observeReadable(stream, recorder);
    return stream;
  }
  const replacement = isByteStream(stream) ? followBytes(stream, recorder) : followValues(stream, recorder);
  watchAbandonment(replacement, recorder);
  return replacement;
}

/**
 * Node keeps a stream's internal state under symbols of its own, and puts `constructor` on streams it makes itself;
 * methods that a library added have names or the iterator's symbol.
 */
function isOwnMethod(key: string | symbol): boolean {
  return typeof key === 'string' ? key !== 'constructor' : key === Symbol.asyncIterator;
}

function isByteStream(stream: ReadableStream<unknown>): boolean {
  try {
    stream.getReader({ mode: 'byob' }).releaseLock();
    return true;
  } catch {
    return false;
  }
}

function followValues(stream: ReadableStream<unknown>, recorder: ResultRecorder): ReadableStream<unknown> {
  const reader = stream.getReader();
  return new ReadableStream<unknown>(
    {
      async pull(controller) {
        const step = await readStep(() => reader.read(), recorder);
        if (step.done) controller.close();
        else controller.enqueue(step.value);
      },
      cancel(reason) {
        recorder.close('abandoned');
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

function followBytes(stream: ReadableStream<unknown>, recorder: ResultRecorder): ReadableStream<unknown> {
  const reader = stream.getReader();
  return new ReadableStream({
    type: 'bytes',
    async pull(controller: ReadableByteStreamController) {
      const step = await readStep(() => reader.read(), recorder);
      if (!step.done && step.value instanceof Uint8Array) {
        controller.enqueue(step.value);
        return;
      }
      controller.close();
      // A reader that waits with a buffer of its own is released by an empty answer.
      controller.byobRequest?.respond(0);
    },
    cancel(reason: unknown) {
      recorder.close('abandoned');
      return reader.cancel(reason);
    },
  });
}

interface Step {
  readonly done: boolean;
  readonly value?: unknown;
}

/** A rejection makes the replacement fail with the very same error. */
async function readStep(read: () => Promise<Step>, recorder: ResultRecorder): Promise<Step> {
  try {
    const step = await recorder.run(read);
    if (step.done) recorder.close();
    else recorder.chunk(step.value);
    return step;
  } catch (error) {
    recorder.fail(error);
    throw error;
  }
}

import { isAsyncIterable, isIterator, observeAsyncIterable, observeIterator } from './observe-iterator.ts';
import { isNodeReadable, isWebStream, observeNodeReadable, observeWebStream } from './observe-stream.ts';
import { isThenable, observeThenable } from './observe-thenable.ts';
import type { ResultRecorder } from './result-recorder.ts';

/**
 * Watches a traced call's result until it is complete: at once for plain values, on settling for promises, on the last
 * item for iterators and streams. Returns what the host gets: the same object, except for plain promises (a derived
 * one) and plain web streams (an equivalent one).
 */
export function observeResult(result: unknown, recorder: ResultRecorder): unknown {
  if (isThenable(result)) {
    return observeThenable(result, recorder, (value) => observeSettled(value, recorder));
  }
  return observeSettled(result, recorder);
}

function observeSettled(result: unknown, recorder: ResultRecorder): unknown {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) {
    recorder.value(result);
  } else if (isWebStream(result)) {
    return observeWebStream(result, recorder);
  } else if (isNodeReadable(result)) {
    observeNodeReadable(result, recorder);
  } else if (isIterator(result)) {
    observeIterator(result, recorder);
  } else if (isAsyncIterable(result)) {
    observeAsyncIterable(result, recorder);
  } else {
    recorder.value(result);
  }
  return result;
}

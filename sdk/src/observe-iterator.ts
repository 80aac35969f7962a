import { watchAbandonment } from './abandonment.ts';
import { isThenable, observeStep } from './observe-thenable.ts';
import type { ResultRecorder } from './result-recorder.ts';
import { type Method, methodOf, shadow } from './shadow.ts';

/**
 * Watches an iterator (sync or async; a generator object is one). Every step runs in the span's context, since a
 * generator's body runs in whatever context its consumer happens to be in. Chunks pass as they are, at once, in order.
 */
export function observeIterator(iterator: object, recorder: ResultRecorder): void {
  const steps = new StepObserver(recorder);
  if (!shadow(iterator, 'next', (original) => steps.observed(original, undefined))) {
    recorder.close();
    return;
  }
  shadow(iterator, 'return', (original) => steps.observed(original, 'abandoned'));
  shadow(iterator, 'throw', (original) => steps.observed(original, undefined));
  watchAbandonment(iterator, recorder);
}

/**
 * Watches an async iterable that makes its iterator on demand (model clients' stream classes). Its first iteration is
 * recorded.
 */
export function observeAsyncIterable(iterable: object, recorder: ResultRecorder): void {
  let iterations = 0;
  const shadowed = shadow(
    iterable,
    Symbol.asyncIterator,
    (original) =>
      function (this: unknown, ...args: unknown[]): unknown {
        const iterator = recorder.run(() => Reflect.apply(original, this, args));
        iterations += 1;
        if (iterations === 1 && typeof iterator === 'object' && iterator !== null) {
          observeIterator(iterator, recorder);
        }
        return iterator;
      },
  );
  if (shadowed) watchAbandonment(iterable, recorder);
  else recorder.close();
}

class StepObserver {
  readonly #recorder: ResultRecorder;

  constructor(recorder: ResultRecorder) {
    this.#recorder = recorder;
  }

  /** `reason`: why the span ends if this method finishes the iterator. */
  observed(original: Method, reason: 'abandoned' | undefined): Method {
    const recorder = this.#recorder;
    const saw = (step: unknown): unknown => {
      if (typeof step !== 'object' || step === null) return step;
      const value: unknown = Reflect.get(step, 'value');
      if (Reflect.get(step, 'done') === true) recorder.close(reason, value);
      else recorder.chunk(value);
      return step;
    };
    return function (this: unknown, ...args: unknown[]): unknown {
      let step: unknown;
      try {
        step = recorder.run(() => Reflect.apply(original, this, args));
      } catch (error) {
        recorder.fail(error);
        throw error;
      }
      return isThenable(step) ? observeStep(step, recorder, saw) : saw(step);
    };
  }
}

export function isIterator(value: object): boolean {
  return (
    methodOf(value, 'next') !== undefined &&
    (methodOf(value, Symbol.iterator) !== undefined || methodOf(value, Symbol.asyncIterator) !== undefined)
  );
}

export function isAsyncIterable(value: object): boolean {
  return methodOf(value, Symbol.asyncIterator) !== undefined;
}

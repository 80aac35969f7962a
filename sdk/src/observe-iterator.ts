import { watchAbandonment } from './abandonment.ts';
import { isThenable, observeStep } from './observe-thenable.ts';
import type { ResultRecorder } from './result-recorder.ts';
import { type Method, hasMethod, shadow } from './shadow.ts';

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
  if (shadowSource(iterable, Symbol.asyncIterator, new FirstReader(recorder, observeIterator))) {
    watchAbandonment(iterable, recorder);
  } else {
    recorder.close();
  }
}

/** As {@link observeAsyncIterable} for a web stream, which is iterated or read, whichever comes first. */
export function observeReadable(stream: object, recorder: ResultRecorder): void {
  const first = new FirstReader(recorder, observeIterator);
  const iterated = shadowSource(stream, Symbol.asyncIterator, first);
  const read = shadowSource(stream, 'getReader', first.as(observeReader));
  if (iterated || read) watchAbandonment(stream, recorder);
  else recorder.close();
}

type Observe = (target: object, recorder: ResultRecorder) => void;

/** Lets only the first consumer be recorded; an iterator that reads through `getReader` inside is one consumer. */
class FirstReader {
  readonly recorder: ResultRecorder;
  readonly #observe: Observe;
  readonly #state: { taken: boolean };

  constructor(recorder: ResultRecorder, observe: Observe, state: { taken: boolean } = { taken: false }) {
    this.recorder = recorder;
    this.#observe = observe;
    this.#state = state;
  }

  as(observe: Observe): FirstReader {
    return new FirstReader(this.recorder, observe, this.#state);
  }

  admit(make: () => unknown): unknown {
    if (this.#state.taken) return make();
    this.#state.taken = true;
    const made = make();
    if (typeof made === 'object' && made !== null) this.#observe(made, this.recorder);
    return made;
  }
}

function shadowSource(target: object, key: PropertyKey, first: FirstReader): boolean {
  return shadow(
    target,
    key,
    (original) =>
      function (this: unknown, ...args: unknown[]): unknown {
        return first.admit(() => first.recorder.run(() => Reflect.apply(original, this, args)));
      },
  );
}

function observeReader(reader: object, recorder: ResultRecorder): void {
  const steps = new StepObserver(recorder);
  shadow(reader, 'read', (original) => steps.observed(original, undefined));
  shadow(
    reader,
    'cancel',
    (original) =>
      function (this: unknown, ...args: unknown[]): unknown {
        recorder.close('abandoned');
        return Reflect.apply(original, this, args);
      },
  );
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
    hasMethod(value, 'next') && (hasMethod(value, Symbol.iterator) || hasMethod(value, Symbol.asyncIterator))
  );
}

export function isAsyncIterable(value: object): boolean {
  return hasMethod(value, Symbol.asyncIterator);
}

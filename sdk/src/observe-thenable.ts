import { watchAbandonment } from './abandonment.ts';
import type { ResultRecorder } from './result-recorder.ts';
import { hasMethod, shadow } from './shadow.ts';

/** Called once with the value; what it returns is what the host gets (the same value, except for a wrapped stream). */
export type OnValue = (value: unknown) => unknown;

export function isThenable(value: unknown): value is object {
  return hasMethod(value, 'then');
}

/**
 * Watches a promise settle without changing what the host sees.
 *
 * A plain promise is followed by a derived one: subscribing to the original would mark its rejection as handled and
 * silence the host's own unhandled-rejection handling. Any other thenable is returned itself, and seen only when the
 * host subscribes: some run their work when `then` is called (query builders), others parse a body that the host wants
 * raw (`APIPromise.asResponse`).
 */
export function observeThenable(thenable: object, recorder: ResultRecorder, onValue: OnValue): unknown {
  if (isPlainPromise(thenable)) return follow(thenable, recorder, onValue);
  if (shadowThen(thenable, recorder, onValue)) watchAbandonment(thenable, recorder);
  else recorder.close();
  return thenable;
}

/** As {@link observeThenable} for one step of an iteration, whose own disappearance says nothing about the iteration. */
export function observeStep(thenable: object, recorder: ResultRecorder, onValue: OnValue): unknown {
  if (isPlainPromise(thenable)) return follow(thenable, recorder, onValue);
  shadowThen(thenable, recorder, onValue);
  return thenable;
}

function shadowThen(thenable: object, recorder: ResultRecorder, onValue: OnValue): boolean {
  let seen: { readonly value: unknown } | undefined;
  return shadow(
    thenable,
    'then',
    (original) =>
      function (this: unknown, onFulfilled: unknown, onRejected: unknown): unknown {
        const fulfilled = (value: unknown): unknown => {
          seen ??= { value: onValue(value) };
          return typeof onFulfilled === 'function'
            ? Reflect.apply(onFulfilled, undefined, [seen.value])
            : seen.value;
        };
        const rejected = (error: unknown): unknown => {
          recorder.fail(error);
          if (typeof onRejected === 'function') return Reflect.apply(onRejected, undefined, [error]);
          throw error;
        };
        return Reflect.apply(original, this, [fulfilled, rejected]);
      },
  );
}

function isPlainPromise(value: object): value is Promise<unknown> {
  return (
    value instanceof Promise &&
    Object.getPrototypeOf(value) === Promise.prototype &&
    !Object.hasOwn(value, 'then')
  );
}

async function follow(
  promise: Promise<unknown>,
  recorder: ResultRecorder,
  onValue: OnValue,
): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    recorder.fail(error);
    throw error;
  }
  return onValue(value);
}

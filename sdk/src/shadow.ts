export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Whether a foreign value has a method of that name that can be read. */
export function hasMethod(value: unknown, key: PropertyKey): value is object {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  try {
    return typeof Reflect.get(value, key) === 'function';
  } catch {
    return false;
  }
}

/** A method of a foreign value, or `undefined` where there is none or it cannot be read. */
export function methodOf(value: unknown, key: PropertyKey): Method | undefined {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return undefined;
  try {
    const found: unknown = Reflect.get(value, key);
    return typeof found === 'function'
      ? function (this: unknown, ...args: unknown[]): unknown {
          return Reflect.apply(found, this, args);
        }
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Puts an own method over an inherited one on this very object: identity, class, private fields and everything else
 * stay, which a proxy or a copy could not promise.
 * @returns false where there is no such method or the object is frozen.
 */
export function shadow(target: object, key: PropertyKey, wrap: (original: Method) => Method): boolean {
  const original = methodOf(target, key);
  if (original === undefined) return false;
  return Reflect.defineProperty(target, key, {
    value: wrap(original),
    configurable: true,
    writable: true,
    enumerable: false,
  });
}

/** A method as its replacement sees it: bound to the object it was called on. */
export type Call = (args: readonly unknown[]) => unknown;
export type Replacement = (original: Call, self: unknown) => Call;

/** Puts things back as they were. Doing it twice is harmless. */
export type Uninstall = () => void;

/**
 * Replaces a method of a class or an object. The replacement decides per call; `this` and arguments reach the original
 * as they came. Restoring leaves a replacement that somebody else made on top of ours alone: it would be lost otherwise.
 */
export function patch(target: object, key: string, replacement: Replacement): Uninstall {
  const before = Object.getOwnPropertyDescriptor(target, key);
  const method: unknown = Reflect.get(target, key);
  if (typeof method !== 'function') return () => {};
  const replaced = function (this: unknown, ...args: unknown[]): unknown {
    return replacement((given) => Reflect.apply(method, this, given), this)(args);
  };
  Reflect.defineProperty(target, key, {
    value: replaced,
    configurable: true,
    writable: true,
    enumerable: before?.enumerable ?? false,
  });
  return () => {
    if (Reflect.get(target, key) !== replaced) return;
    if (before === undefined) Reflect.deleteProperty(target, key);
    else Reflect.defineProperty(target, key, before);
  };
}

/** As {@link patch}, for one object for as long as it lives. */
export function shadow(target: object, key: string, replacement: Replacement): void {
  patch(target, key, replacement);
}

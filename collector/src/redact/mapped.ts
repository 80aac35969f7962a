/** Each value changed; the same list when no value was. */
export function mapped<T>(values: readonly T[], change: (value: T) => T): readonly T[] {
  let changed: T[] | undefined;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (value === undefined) continue;
    const clean = change(value);
    if (clean === value) continue;
    changed ??= [...values];
    changed[index] = clean;
  }
  return changed ?? values;
}

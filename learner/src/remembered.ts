/** A function that remembers its results by their argument, the oldest out first. */
export function remembered<Key, Value extends {}>(
  make: (key: Key) => Value,
  sizeMax: number,
): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = make(key);
    if (known.size >= sizeMax) {
      const [oldest] = known.keys();
      if (oldest !== undefined) known.delete(oldest);
    }
    known.set(key, made);
    return made;
  };
}

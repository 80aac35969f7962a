/** Runs `work` on every item, at most `concurrency` at the same time; results in the order of the items. */
export async function mapPool<T, R>(
  items: readonly T[],
  concurrency: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Map<number, R>();
  const queue = items.entries();
  const lanes = Array.from({ length: concurrency }, async () => {
    for (const [index, item] of queue) results.set(index, await work(item, index));
  });
  await Promise.all(lanes);
  return items.flatMap((_, index) => {
    const result = results.get(index);
    return result === undefined ? [] : [result];
  });
}

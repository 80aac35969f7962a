/** Sets of three characters, by the low five bits of each: letters of any case are the same. 1 for what is in it. */
export type Triples = Uint8Array;

/** From the last three characters of each text. */
export function triplesOf(texts: readonly string[]): Triples {
  const triples = new Uint8Array(32_768);
  for (const text of texts) triples[keyAt(text, text.length - 1)] = 1;
  return triples;
}

/** Key of a text's characters at `last` and the two before it. */
export function keyAt(text: string, last: number): number {
  return nextKey(
    nextKey(nextKey(0, text.charCodeAt(last - 2)), text.charCodeAt(last - 1)),
    text.charCodeAt(last),
  );
}

/** Key of three characters, from the key of the first and its two predecessors. */
export function nextKey(key: number, code: number): number {
  return ((key << 5) | (code & 31)) & 32_767;
}

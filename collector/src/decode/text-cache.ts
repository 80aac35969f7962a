/** Longest text remembered, bytes; attribute keys are shorter. */
const TEXT_BYTES_MAX = 96;
/** Slots; a power of two. Senders use a few hundred different keys. */
const SLOTS = 4_096;

interface Entry {
  readonly bytes: Buffer;
  readonly text: string;
}

/**
 * Attribute keys by their bytes. The same few hundred keys come in every span: to find one here costs a third of decoding
 * it, and one string object per key makes every later lookup by key cheaper. A fixed number of slots; the latest wins.
 */
export class TextCache {
  readonly #entries: (Entry | undefined)[] = Array.from({ length: SLOTS }, () => undefined);

  read(source: Buffer, start: number, end: number): string {
    const length = end - start;
    if (length > TEXT_BYTES_MAX) return source.toString('utf8', start, end);
    // FNV-1a.
    let hash = 0x811c9dc5;
    for (let index = start; index < end; index += 1)
      hash = Math.imul(hash ^ (source[index] ?? 0), 0x01000193);
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const entry = this.#entries[slot];
    if (entry !== undefined && isSame(entry.bytes, source, start, length)) return entry.text;
    const text = source.toString('utf8', start, end);
    this.#entries[slot] = { bytes: Buffer.from(source.subarray(start, end)), text };
    return text;
  }
}

function isSame(known: Buffer, source: Buffer, start: number, length: number): boolean {
  if (known.length !== length) return false;
  for (let index = 0; index < length; index += 1) if (known[index] !== source[start + index]) return false;
  return true;
}

/** Longest key remembered, bytes; attribute keys are shorter. */
const KEY_BYTES_MAX = 96;
/** Longest value remembered, bytes; models, providers and other names are shorter. */
const VALUE_BYTES_MAX = 48;
/** Slots; a power of two. Senders use a few hundred different keys. */
const SLOTS = 4_096;
const ASCII_MAX = 0x7f;

interface KnownKey {
  readonly bytes: Buffer;
  readonly text: string;
  /** The text that it had last; `''` when there was none to remember. */
  value: string;
  /** Slot of the key that followed last. */
  next: number;
}

/**
 * Attribute keys by their bytes, and with each its last value. The same few hundred keys come in every span, mostly in the
 * same order and many with the same value: to compare bytes costs a third of decoding them, and one string object per key
 * makes every later lookup by key cheaper. A fixed number of slots; the latest wins.
 */
export class KnownKeys {
  readonly #slots: (KnownKey | undefined)[] = Array.from({ length: SLOTS }, () => undefined);
  /** The key that was read last, if it is one to remember. */
  #last: KnownKey | undefined;

  /** The key that stands there. */
  key(source: Buffer, start: number, end: number): string {
    const length = end - start;
    if (length > KEY_BYTES_MAX) {
      this.#last = undefined;
      return source.toString('utf8', start, end);
    }
    const expected = this.#last === undefined ? undefined : this.#slots[this.#last.next];
    if (expected !== undefined && isSame(expected.bytes, source, start, length)) {
      this.#last = expected;
      return expected.text;
    }
    const slot = slotOf(source, start, end);
    let known = this.#slots[slot];
    if (known === undefined || !isSame(known.bytes, source, start, length)) {
      const bytes = Buffer.from(source.subarray(start, end));
      known = { bytes, text: bytes.toString('utf8'), value: '', next: 0 };
      this.#slots[slot] = known;
    }
    if (this.#last !== undefined) this.#last.next = slot;
    this.#last = known;
    return known.text;
  }

  /** The text that stands there, a value of the key that was read last. */
  value(source: Buffer, start: number, end: number): string {
    const key = this.#last;
    const length = end - start;
    if (key === undefined || length > VALUE_BYTES_MAX) return source.toString('utf8', start, end);
    if (isSameText(key.value, source, start, length)) return key.value;
    const text = source.toString('utf8', start, end);
    key.value = text;
    return text;
  }
}

function slotOf(source: Buffer, start: number, end: number): number {
  // FNV-1a.
  let hash = 0x811c9dc5;
  for (let index = start; index < end; index += 1) hash = Math.imul(hash ^ (source[index] ?? 0), 0x01000193);
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}

function isSame(known: Buffer, source: Buffer, start: number, length: number): boolean {
  if (known.length !== length) return false;
  for (let index = 0; index < length; index += 1) if (known[index] !== source[start + index]) return false;
  return true;
}

/** Whether the bytes are this text. One that is not ASCII is decoded each time: its characters are not its bytes. */
function isSameText(known: string, source: Buffer, start: number, length: number): boolean {
  if (known.length !== length) return false;
  for (let index = 0; index < length; index += 1) {
    const byte = source[start + index] ?? 0;
    if (byte > ASCII_MAX || known.charCodeAt(index) !== byte) return false;
  }
  return true;
}

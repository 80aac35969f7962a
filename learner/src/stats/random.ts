import { createHash } from 'node:crypto';

/** A seeded generator. Not for secrets. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  next(): number;
  /** Uniform integer in [0, below). */
  integer(below: number): number;
  /** A new list in random order. */
  shuffle<T>(items: readonly T[]): T[];
  /**
   * An independent generator for a named purpose. It depends on the seed and the name only, never on how many numbers
   * were drawn: order of use cannot change results, and there is no state to store.
   */
  split(name: string): Random;
}

/** Generator xoshiro128** (Blackman & Vigna), seeded by SHA-256 of the text. */
export function createRandom(seed: string): Random {
  const digest = createHash('sha256').update(seed).digest();
  let a = digest.readUInt32LE(0);
  let b = digest.readUInt32LE(4);
  let c = digest.readUInt32LE(8);
  let d = digest.readUInt32LE(12);

  const word = (): number => {
    const scrambled = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return scrambled;
  };
  const next = (): number => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53;
  // The bias of scaling 53 bits is below 2^-40 for every list that fits in memory.
  const integer = (below: number): number => Math.floor(next() * below);

  return {
    next,
    integer,
    shuffle: (items) => {
      const keyed = items.map((item) => ({ item, key: next() }));
      return keyed.sort((left, right) => left.key - right.key).map((entry) => entry.item);
    },
    split: (name) => createRandom(`${seed}\u0000${name}`),
  };
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

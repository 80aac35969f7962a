/** Seeded randomness. Everything a world draws comes from hashes of (seed, names), so equal seeds give equal worlds. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, below). */
  integer(below: number): number;
  pick<T>(list: readonly [T, ...T[]]): T;
  shuffled<T>(list: readonly T[]): T[];
}

const UINT32 = 0x1_0000_0000;

/** 32-bit hash of a list of words and numbers: FNV-1a over UTF-16 units, then an avalanche so that near texts differ in every bit. */
export function hash32(...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const part of parts) {
    const text = `${part}\u0000`;
    for (let index = 0; index < text.length; index += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    }
  }
  return avalanche(hash);
}

/** A fixed number in [0, 1) for these parts: the same for ever. */
export function unitOf(...parts: readonly (string | number)[]): number {
  return hash32(...parts) / UINT32;
}

export function createRandom(...parts: readonly (string | number)[]): Random {
  let state = hash32(...parts);
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    return avalanche(state) / UINT32;
  };
  const integer = (below: number): number => Math.floor(next() * below);
  return {
    next,
    integer,
    pick: (list) => list[integer(list.length)] ?? list[0],
    shuffled(list) {
      const copy = [...list];
      for (let index = copy.length - 1; index > 0; index -= 1) {
        const other = integer(index + 1);
        const [a, b] = [copy[index], copy[other]];
        if (a !== undefined && b !== undefined) [copy[index], copy[other]] = [b, a];
      }
      return copy;
    },
  };
}

function avalanche(value: number): number {
  let mixed = value >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

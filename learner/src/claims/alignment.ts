import type { Claim, Role, Term } from './claim.ts';
import { areAlike, areExclusive, areOpposite } from './word-contrasts.ts';
import { meaningCosine } from './word-vectors.ts';

/** Cosine from which a word stands for another one; it then counts as much, times this. */
const SYNONYM_COSINE_MIN = 0.5;
const SYNONYM_CREDIT = 0.8;
const SAME_ROOT_CREDIT = 0.95;

export type Pair = readonly [one: Term, other: Term];

/** Which words of two claims say the same, which exclude each other, and which stand alone. */
export interface Alignment {
  readonly matches: readonly Match[];
  /** Words on opposite sides of a contrast. */
  readonly opposites: readonly Pair[];
  /** Different words for one of a kind, or different names. */
  readonly exclusives: readonly Pair[];
  /** What the other claim has no word for. */
  readonly rest: readonly [one: readonly Term[], other: readonly Term[]];
  /** Of a word, the share that the other claim says too. */
  readonly creditOf: (term: Term) => number;
}

export interface Match {
  readonly pair: Pair;
  /** 1 = the same word. */
  readonly credit: number;
}

/** Pairs the words of two claims, each at most once: first the same words, then contrasts, then words for the same. */
export function align(one: Claim, other: Claim): Alignment {
  const credits = new Map<Term, number>();
  const matches: Match[] = [];
  const open = (): readonly [Term[], Term[]] => [
    one.terms.filter((term) => !credits.has(term)),
    other.terms.filter((term) => !credits.has(term)),
  ];
  const match = (creditOf: (a: Term, b: Term) => number): void => {
    const [ours, theirs] = open();
    const found = ours.flatMap((a) =>
      theirs.flatMap((b): Match[] => {
        const credit = creditOf(a, b);
        return credit > 0 ? [{ pair: [a, b], credit }] : [];
      }),
    );
    for (const { pair, credit } of found.sort(
      (a, b) => b.credit - a.credit || likeness(b.pair) - likeness(a.pair),
    )) {
      if (pair.some((term) => credits.has(term))) continue;
      for (const term of pair) credits.set(term, credit);
      matches.push({ pair, credit });
    }
  };
  const contrast = (isContrast: (a: Term, b: Term) => boolean): Pair[] => {
    const [ours, theirs] = open();
    return ours.flatMap((a) => {
      const b = theirs.find((term) => !credits.has(term) && isContrast(a, term));
      if (b === undefined) return [];
      // Both speak of the same thing: neither is missing in the other claim.
      for (const term of [a, b]) credits.set(term, 1);
      return [[a, b] as const];
    });
  };
  match((a, b) => (a.stem === b.stem ? 1 : 0));
  match((a, b) => (!a.isName && !b.isName && haveOneRoot(a.stem, b.stem) ? SAME_ROOT_CREDIT : 0));
  const exclusives = contrast(
    (a, b) => a.sign === b.sign && (areExclusive(a.stem, b.stem) || (a.isName && b.isName)),
  );
  const opposites = contrast(
    (a, b) =>
      areOpposite(a.stem, b.stem, a.sign !== b.sign) || (a.sign === b.sign && differByPrefix(a.word, b.word)),
  );
  match((a, b) => (areAlike(a.stem, b.stem) ? SYNONYM_CREDIT : 0));
  match((a, b) => {
    if (a.isName || b.isName) return 0;
    const cosine = meaningCosine(a.word, b.word);
    return cosine < SYNONYM_COSINE_MIN ? 0 : cosine * SYNONYM_CREDIT;
  });
  return { matches, opposites, exclusives, rest: open(), creditOf: (term) => credits.get(term) ?? 0 };
}

/** What the other claim does not say, in weights of words with such roles. */
export function missing(
  terms: readonly Term[],
  { creditOf }: Alignment,
  isCounted: (role: Role) => boolean = () => true,
): number {
  return terms.reduce(
    (sum, term) => (isCounted(term.role) ? sum + term.weight * (1 - creditOf(term)) : sum),
    0,
  );
}

function likeness([a, b]: Pair): number {
  return (a.sign === b.sign ? 2 : 0) + (a.role === b.role ? 1 : 0);
}

/** "deliver" and "deliveri", "bag" and "baggag": all but a letter of the shorter stem, and half of the longer one. */
function haveOneRoot(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  let same = 0;
  while (same < short.length && short[same] === long[same]) same += 1;
  return same >= 3 && same >= short.length - 1 && same >= long.length / 2;
}

/** "formal" and "informal". */
function differByPrefix(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  const prefix = long.endsWith(short) ? long.slice(0, long.length - short.length) : '';
  return short.length > 3 && /^(?:un|in|im|ir|il|non-?|dis|de|a|mis)$/.test(prefix);
}

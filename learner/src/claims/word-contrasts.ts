import { stem } from '../search/stem.ts';
import { CONTRASTS } from './contrasts.ts';
import { KINDS } from './kinds.ts';

/** Stem → contrasts it stands in, with its side: `+3` and `-3` are the two sides of the third. */
const SIDES: ReadonlyMap<string, readonly number[]> = indexed(
  lines(CONTRASTS).flatMap((line, index) => {
    const [one = '', other = ''] = line.split('|');
    return [
      ...wordsOf(one).map((word) => [stem(word), index + 1] as const),
      ...wordsOf(other).map((word) => [stem(word), -index - 1] as const),
    ];
  }),
);
/** Stem → kinds of things it names one of. */
const KINDS_OF: ReadonlyMap<string, readonly number[]> = indexed(
  lines(KINDS).flatMap((line, index) => wordsOf(line).map((word) => [stem(word), index] as const)),
);
const NONE: readonly number[] = [];

/** Whether two stems stand on opposite sides of a contrast; `turned`: one of them is negated. */
export function areOpposite(one: string, other: string, turned: boolean): boolean {
  const sides = lookUp(SIDES, one);
  const others = lookUp(SIDES, other);
  return sides.some((side) => others.includes(turned ? side : -side));
}

/** Whether two stems stand on the same side of a contrast. */
export function areAlike(one: string, other: string): boolean {
  return areOpposite(one, other, true);
}

/** Whether two different stems name one of a kind. */
export function areExclusive(one: string, other: string): boolean {
  if (one === other) return false;
  const kinds = lookUp(KINDS_OF, one);
  return lookUp(KINDS_OF, other).some((kind) => kinds.includes(kind));
}

function lines(table: string): string[] {
  return table.trim().split('\n');
}

function wordsOf(line: string): string[] {
  return line
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '');
}

function indexed(entries: readonly (readonly [string, number])[]): ReadonlyMap<string, readonly number[]> {
  const index = new Map<string, number[]>();
  for (const [key, value] of entries) index.set(key, [...(index.get(key) ?? []), value]);
  return index;
}

/** By the stem, else by what is left without an ending that stemming keeps: "cheaper", "cheapest". */
function lookUp(index: ReadonlyMap<string, readonly number[]>, word: string): readonly number[] {
  return (
    index.get(word) ??
    index.get(word.replace(/i?(?:er|est)$/, '')) ??
    index.get(word.replace(/(?:er|est)$/, 'e')) ??
    NONE
  );
}

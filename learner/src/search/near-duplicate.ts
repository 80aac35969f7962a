import { jaccardAtLeast, trigramsOf, type Trigrams } from './trigrams.ts';

/** Texts at or above this share of common trigrams are worded alike. */
export const WORDED_ALIKE_MIN = 0.8;

const NUMBER = /\d+(?:[.,]\d+)*/g;
const NEGATION =
  /\b(?:no|not|never|none|nor|neither|without|cannot|except|exclude\w*|avoid\w*|\w+n['’]t)\b/giu;

/** What tells two wordings apart: characters, numbers, and whether it is negated. */
export interface Wording {
  readonly trigrams: Trigrams;
  readonly numbers: string;
  readonly negated: boolean;
}

export function wordingOf(text: string): Wording {
  return {
    trigrams: trigramsOf(text),
    numbers: (text.match(NUMBER) ?? []).join(' '),
    negated: (text.match(NEGATION) ?? []).length % 2 === 1,
  };
}

/**
 * Whether one of two texts adds nothing to the other: worded alike, with the same numbers and the same negation. Worded
 * alike is not enough: "always retry" and "never retry" are, and hiding one of them would hide a contradiction.
 */
export function isNearDuplicate(a: Wording, b: Wording): boolean {
  return (
    a.negated === b.negated &&
    a.numbers === b.numbers &&
    jaccardAtLeast(a.trigrams, b.trigrams, WORDED_ALIKE_MIN)
  );
}

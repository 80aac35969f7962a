import { claimOf, type Claim } from '../claims/claim.ts';
import { traitsOf, TRAITS, type Trait } from '../claims/opposition.ts';
import type { RuleText } from '../knowledge/rule.ts';

/**
 * What each trait of a pair adds to the log odds of a contradiction. `bench/conflicts/fit.ts` fits them to the development
 * pairs and prints how well they do on domains that were left out; nothing here is known about any other pair.
 */
const TRAIT_WEIGHTS: Readonly<Record<Trait, number>> = {
  letters: 2.85,
  opposed: 1.08,
  turnedVerb: 0.93,
  otherValue: -0.62,
  otherObject: -1.42,
  otherNumber: -1.29,
  otherNumberBesideSameWord: 0.87,
  otherNumberOfObject: -0.13,
  sameNumber: -1.33,
  limitAndNone: 1.59,
  sameObjectLeast: 0.43,
  sameObjectMost: 2.23,
  sameVerb: 0.73,
  replaced: -2.47,
  replacedVerb: -0.89,
  replacedInPlace: -0.83,
  moreSaid: 2.02,
  nothingDiffers: -2.3,
  opposedTwice: -2.14,
  opposedOnSameObject: 1.53,
  opposedElsewhere: -1.75,
  replacedOnSameObject: -0.17,
  replacedInSameMeaning: 1.68,
  replacedInSameScope: 1.99,
};
const BIAS = -4.35;
/** Log odds from which a pair is taken for a contradiction: one in ten of the related pairs of left-out domains reaches it. */
const CONTRADICTION_MIN = -0.1;

type Said = Pick<RuleText, 'content' | 'appliesWhen'>;

/**
 * Whether two rules about the same thing say opposite things: one does what the other forbids, they want other values, numbers
 * or names for the same, one sets a limit and one none, or they turn an order around. A heuristic on the clauses of both:
 * rules that contradict look more alike than rules that say the same, so this is asked before anything is taken for a
 * duplicate. Rules for situations that exclude each other may well say opposite things. Symmetric.
 */
export function contradicts(a: Said, b: Said): boolean {
  const [left, right] = claimsOf(a, b);
  if (left.text === right.text) return false;
  const traits = traitsOf(left, right);
  if (traits === undefined) return false;
  return TRAITS.reduce((sum, trait) => sum + TRAIT_WEIGHTS[trait] * traits[trait], BIAS) >= CONTRADICTION_MIN;
}

/** When both name the same situation in the same words, it tells nothing about how they differ. In an order of their own. */
function claimsOf(a: Said, b: Said): readonly [Claim, Claim] {
  const [first, second] = a.content < b.content ? [a, b] : [b, a];
  if (a.appliesWhen !== b.appliesWhen) return [claimOf(first), claimOf(second)];
  return [claimOf({ ...first, appliesWhen: '' }), claimOf({ ...second, appliesWhen: '' })];
}

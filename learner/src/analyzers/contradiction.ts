import { claimOf, type Claim } from '../claims/claim.ts';
import { traitsOf, TRAITS, type Trait } from '../claims/opposition.ts';
import { areForOtherSituations } from '../claims/situation.ts';
import type { RuleText } from '../knowledge/rule.ts';

/**
 * What each trait of a pair adds to the log odds of a contradiction. `bench/conflicts/fit.ts` fits them to the development
 * pairs and prints how well they do on domains that were left out; nothing here is known about any other pair.
 */
const TRAIT_WEIGHTS: Readonly<Record<Trait, number>> = {
  letters: 2.89,
  opposed: 1.25,
  turnedVerb: 0.93,
  turnedAndBothDeny: -0.65,
  otherValue: -0.65,
  otherObject: -1.28,
  otherNumber: -1.35,
  otherNumberBesideSameWord: 0.87,
  otherNumberOfObject: -0.16,
  sameNumber: -1.28,
  limitAndNone: 1.54,
  sameObjectLeast: 0.47,
  sameObjectMost: 2.34,
  sameVerb: 0.74,
  replaced: -2.51,
  replacedVerb: -0.95,
  replacedInPlace: -1.21,
  replacedValueInPlace: -0.04,
  moreSaid: 2.12,
  nothingDiffers: -2.29,
  opposedTwice: -2.27,
  opposedOnSameObject: 1.44,
  opposedElsewhere: -1.81,
  replacedOnSameObject: -0.22,
  replacedInSameMeaning: 1.76,
  replacedInSameScope: 1.94,
};
const BIAS = -4.53;
/**
 * Log odds from which a pair is taken for a contradiction: one in twenty of the related pairs of left-out domains reaches it,
 * since rules by other hands reach it about twice as often. A false one puts a right rule to the test again.
 */
const CONTRADICTION_MIN = 0.5;

type Said = Pick<RuleText, 'content' | 'appliesWhen'>;

/**
 * Whether two rules about the same thing say opposite things: one does what the other forbids, they want other values, numbers
 * or names for the same, one sets a limit and one none, or they turn an order around. A heuristic on the clauses of both:
 * rules that contradict look more alike than rules that say the same, so this is asked before anything is taken for a
 * duplicate. Rules for other situations may well say opposite things. Symmetric.
 */
export function contradicts(a: Said, b: Said): boolean {
  if (a.content === b.content) return false;
  const traits = traitsOf(...claimsOf(a.content, b.content));
  if (traits === undefined) return false;
  const score = TRAITS.reduce((sum, trait) => sum + TRAIT_WEIGHTS[trait] * traits[trait], BIAS);
  return score >= CONTRADICTION_MIN && !areForOtherSituations(a, b);
}

/** In an order of their own: words are paired one after the other. */
function claimsOf(a: string, b: string): readonly [Claim, Claim] {
  const [first, second] = a < b ? [a, b] : [b, a];
  return [claimOf({ content: first, appliesWhen: '' }), claimOf({ content: second, appliesWhen: '' })];
}

import { claimOf, type Claim } from '../claims/claim.ts';
import { traitsOf, TRAITS, type Trait } from '../claims/opposition.ts';
import { areForOtherSituations } from '../claims/situation.ts';
import type { RuleText } from '../knowledge/rule.ts';

/**
 * What each trait of a pair adds to the log odds of a contradiction. `bench/conflicts/fit.ts` fits them to the development
 * pairs and prints how well they do on domains that were left out; nothing here is known about any other pair.
 */
const TRAIT_WEIGHTS: Readonly<Record<Trait, number>> = {
  letters: 2.93,
  opposed: 1.24,
  turnedVerb: 0.85,
  otherValue: -0.66,
  otherObject: -1.27,
  otherNumber: -1.33,
  otherNumberBesideSameWord: 0.87,
  otherNumberOfObject: -0.13,
  sameNumber: -1.33,
  limitAndNone: 1.56,
  sameObjectLeast: 0.45,
  sameObjectMost: 2.35,
  sameVerb: 0.75,
  replaced: -2.5,
  replacedVerb: -0.94,
  replacedInPlace: -1.19,
  replacedValueInPlace: -0.04,
  moreSaid: 2.09,
  nothingDiffers: -2.31,
  opposedTwice: -2.24,
  opposedOnSameObject: 1.41,
  opposedElsewhere: -1.78,
  replacedOnSameObject: -0.2,
  replacedInSameMeaning: 1.7,
  replacedInSameScope: 1.95,
};
const BIAS = -4.52;
/** Log odds from which a pair is taken for a contradiction: one in ten of the related pairs of left-out domains reaches it. */
const CONTRADICTION_MIN = -0.1;

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

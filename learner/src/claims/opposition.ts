import { jaccard } from '../search/trigrams.ts';
import { align, missing, type Alignment, type Pair } from './alignment.ts';
import { isObject, type Claim, type Role } from './claim.ts';
import { NEGATIVE_VERB } from './function-words.ts';
import { isNegator } from './negation.ts';
import { compareNumbers } from './numbers.ts';
import { comparedOrder } from './order.ts';
import { meaningCosine } from './word-vectors.ts';

/** Share of the words in common that are turned around from which two claims are of opposite polarity. */
const TURNED_SHARE_MIN = 0.5;
/** The same where the negation stands directly before the word: "without tax", "including tax". */
const TURNED_WORD_SHARE_MIN = 0.3;

/** What speaks for and against two claims being opposite. */
export const TRAITS = [
  /** How alike they are, letter by letter. */
  'letters',
  /** Something in them is opposed: polarity, values, numbers, limits, order. */
  'opposed',
  'turnedVerb',
  /** Of opposite polarity, though both deny something: perhaps in two ways the same. */
  'turnedAndBothDeny',
  'otherValue',
  'otherObject',
  'otherNumber',
  'otherNumberBesideSameWord',
  'otherNumberOfObject',
  'sameNumber',
  'limitAndNone',
  /** Share of what each is about that the other speaks of too: the smaller and the greater one. */
  'sameObjectLeast',
  'sameObjectMost',
  'sameVerb',
  /** Each has words that the other has not: at all, for the verb, in one and the same place. */
  'replaced',
  'replacedVerb',
  'replacedInPlace',
  'replacedValueInPlace',
  'moreSaid',
  /** Neither opposed nor replaced: the same in other words. */
  'nothingDiffers',
  /** Opposed in what they are about or where, and besides in what they say of it. */
  'opposedTwice',
  /** Opposed, and about the same; and elsewhere. */
  'opposedOnSameObject',
  'opposedElsewhere',
  /** Other words about the same, in a text that means much the same, in the same situation. */
  'replacedOnSameObject',
  'replacedInSameMeaning',
  'replacedInSameScope',
] as const;
export type Trait = (typeof TRAITS)[number];

/** Each in [0, 1]. */
export type Traits = Readonly<Record<Trait, number>>;

const is =
  (role: Role) =>
  (other: Role): boolean =>
    other === role;
const bit = (flag: boolean): number => (flag ? 1 : 0);

/**
 * Compares two claims word by word. Symmetric. `undefined` = they share no word, or are for situations that exclude each
 * other: whatever they say is no contradiction.
 */
export function traitsOf(left: Claim, right: Claim): Traits | undefined {
  // Spares nearly all comparisons with thousands of rules.
  if (![...left.stems].some((word) => right.stems.has(word))) return undefined;
  const alignment = align(left, right);
  const both = (isCounted?: (role: Role) => boolean): readonly [number, number] => [
    missing(left.terms, alignment, isCounted),
    missing(right.terms, alignment, isCounted),
  ];
  const replaced = (isCounted?: (role: Role) => boolean): number => Math.min(1, ...both(isCounted));
  const { exclusives, opposites } = alignment;
  const contrasts = [...exclusives, ...opposites];
  const numbers = compareNumbers(left.quantities, right.quantities);
  if (numbers.areApart || contrasts.some((pair) => pair.every(({ role }) => role === 'scope')))
    return undefined;
  const polarity = comparedPolarity(alignment);
  const otherObject = exclusives.some(areObjects);
  const otherValue = exclusives.some((pair) => !areObjects(pair));
  const limitAndNone = isLimitAndNone(left, right) || isLimitAndNone(right, left);
  const opposed = bit(
    polarity.isTurned ||
      contrasts.length > 0 ||
      numbers.differ ||
      numbers.differInObject ||
      limitAndNone ||
      comparedOrder(left.order, right.order) === 'turned around',
  );
  const unsaid = both(isObject);
  const about = [left, right].map(({ terms }, index) => {
    const all = terms.reduce((sum, { role, weight }) => (isObject(role) ? sum + weight : sum), 0);
    return all === 0 ? 1 : 1 - (unsaid[index] ?? 0) / all;
  });
  const [sameObjectLeast, sameObjectMost] = [Math.min(...about), Math.max(...about)];
  const replacedAtAll = replaced();
  const meaning = meaningCosine(left.text, right.text);
  return {
    letters: jaccard(left.trigrams, right.trigrams),
    opposed,
    turnedVerb: bit(polarity.isVerbTurned),
    turnedAndBothDeny: bit(polarity.isTurned && [left, right].every(denies)),
    otherValue: bit(otherValue),
    otherObject: bit(otherObject),
    otherNumber: bit(numbers.differ),
    otherNumberBesideSameWord: bit(numbers.differBesideSameWord),
    otherNumberOfObject: bit(numbers.differInObject),
    sameNumber: bit(numbers.isShared),
    limitAndNone: bit(limitAndNone),
    sameObjectLeast,
    sameObjectMost,
    sameVerb: bit(alignment.matches.some(({ pair }) => pair.every(({ role }) => role === 'verb'))),
    replaced: replacedAtAll,
    replacedVerb: replaced(is('verb')),
    replacedInPlace: bit(isReplacedInPlace(alignment, isObject)),
    replacedValueInPlace: bit(isReplacedInPlace(alignment, (role) => !isObject(role))),
    moreSaid: Math.min(1, Math.max(...both()) / 5),
    nothingDiffers: bit(opposed === 0 && replacedAtAll < 0.5),
    opposedTwice: bit(
      (numbers.differInObject || contrasts.some(isElsewhere)) &&
        (polarity.isTurned || numbers.differ || !contrasts.every(isElsewhere)),
    ),
    opposedOnSameObject: opposed * sameObjectLeast,
    opposedElsewhere: opposed * replaced(is('place')),
    replacedOnSameObject: replacedAtAll * sameObjectLeast,
    replacedInSameMeaning: replacedAtAll * meaning,
    replacedInSameScope: bit(isSameScope(left, right, both(is('scope')))) * replacedAtAll,
  };
}

function areObjects(pair: Pair): boolean {
  return pair.every(({ role }) => isObject(role));
}

function denies({ terms }: Claim): boolean {
  return terms.some(({ sign, word }) => sign < 0 || NEGATIVE_VERB.test(word));
}

function isElsewhere(pair: Pair): boolean {
  return pair.every(({ role }) => isObject(role) || role === 'place');
}

function comparedPolarity({ matches }: Alignment): {
  readonly isTurned: boolean;
  readonly isVerbTurned: boolean;
} {
  let [shared, turned, sharedClaim, turnedClaim, wordTurned] = [0, 0, 0, 0, false];
  let isVerbTurned = false;
  for (const { pair, credit } of matches) {
    const [a, b] = pair;
    const weight = ((a.weight + b.weight) / 2) * credit;
    const isTurned = a.sign !== b.sign;
    shared += weight;
    if (isTurned) turned += weight;
    if (!areObjects(pair)) sharedClaim += weight;
    if (!areObjects(pair) && isTurned) turnedClaim += weight;
    if (isTurned && isNegator(a.before) !== isNegator(b.before)) wordTurned = true;
    if (isTurned && pair.some(({ role }) => role === 'verb')) isVerbTurned = true;
  }
  const isMostTurned =
    turned >= shared * TURNED_SHARE_MIN && turnedClaim >= sharedClaim * TURNED_SHARE_MIN && turnedClaim > 0;
  return {
    isTurned:
      isVerbTurned || isMostTurned || wordTurned || (turned > 0 && turned >= shared * TURNED_WORD_SHARE_MIN),
    isVerbTurned,
  };
}

function isLimitAndNone(one: Claim, other: Claim): boolean {
  return one.isLimited && !one.isUnlimited && other.isUnlimited && !other.isLimited;
}

function isReplacedInPlace({ rest: [ours, theirs] }: Alignment, isCounted: (role: Role) => boolean): boolean {
  return ours.some((a) =>
    theirs.some(
      (b) =>
        isCounted(a.role) &&
        a.role === b.role &&
        a.before !== '' &&
        a.before === b.before &&
        a.after === b.after,
    ),
  );
}

/** Both name a situation, and hardly a word of one is missing in the other. */
function isSameScope(left: Claim, right: Claim, [ours, theirs]: readonly [number, number]): boolean {
  const names = ({ terms }: Claim): boolean => terms.some(({ role }) => role === 'scope');
  return names(left) && names(right) && ours + theirs < 0.6;
}

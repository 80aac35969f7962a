import type { RuleText } from '../knowledge/rule.ts';
import { stem } from '../search/stem.ts';
import { KINDS, OPPOSITES } from './claim-words.ts';
import { claimOf, type Claim } from './rule-claim.ts';

/**
 * Share of the words of the shorter rule that the other must have, without everything that may be opposed, for both to be
 * about the same thing. Set on the development half of the pairs that `bench/conflicts` measures.
 */
export const SAME_SUBJECT_MIN = 0.75;
/** Words in common that it takes at least. */
const SHARED_WORDS_MIN = 2;
/** A differing name is a weaker sign than a differing number: the rest must be the same. */
const SAME_FRAME_MIN = 0.85;

const STEMMED_OPPOSITES = OPPOSITES.map(([one, other]) => [stem(one), stem(other)] as const);
const STEMMED_KINDS = KINDS.map((kind) => kind.map((word) => stem(word)));

const OPPOSED: ReadonlySet<string> = new Set([...STEMMED_OPPOSITES.flat(), ...STEMMED_KINDS.flat()]);

type Said = Pick<RuleText, 'content' | 'appliesWhen'>;

/**
 * Whether two rules about the same thing say opposite things: other numbers, an odd number of negations more, words that are
 * opposites, a limit and none, other months, units or names, the other order. A heuristic: rules that contradict look more
 * alike than rules that say the same, so this is asked before anything is taken for a duplicate. Rules for opposed situations
 * may well say opposite things. Symmetric.
 */
export function contradicts(a: Said, b: Said): boolean {
  const [left, right] = [claimOf(a.content), claimOf(b.content)];
  if (left.text === right.text || !saysOpposite(left, right)) return false;
  return !isOpposed(claimOf(a.appliesWhen), claimOf(b.appliesWhen));
}

function saysOpposite(left: Claim, right: Claim): boolean {
  const order = comparedOrder(left, right);
  if (order !== undefined) return order === 'turned around' || left.isNegated !== right.isNegated;
  const shared = sharedShare(left.subject, right.subject);
  if (shared >= SAME_SUBJECT_MIN && isOpposed(left, right)) return true;
  return shared >= SAME_FRAME_MIN && hasOthers(left.names, right.names);
}

function isOpposed(left: Claim, right: Claim): boolean {
  return (
    left.isNegated !== right.isNegated ||
    hasOthers(left.numbers, right.numbers) ||
    isWithoutLimit(left, right) ||
    isWithoutLimit(right, left) ||
    hasOpposites(left.stems, right.stems) ||
    STEMMED_KINDS.some((kind) => namesOther(kind, left.stems, right.stems))
  );
}

/**
 * Of the smaller set, the share that the other one has; words that may be opposed count only where both have them. 0 when
 * that is too few words to tell.
 */
function sharedShare(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  const shared = [...left].filter((word) => right.has(word)).length;
  const own = (words: ReadonlySet<string>): number => [...words].filter((word) => !OPPOSED.has(word)).length;
  const both = [...left].filter((word) => right.has(word) && OPPOSED.has(word)).length;
  return shared < SHARED_WORDS_MIN ? 0 : shared / (Math.min(own(left), own(right)) + both);
}

/** Both have some, as many, and not the same. */
function hasOthers(ours: ReadonlySet<string>, theirs: ReadonlySet<string>): boolean {
  return ours.size > 0 && ours.size === theirs.size && [...ours].some((one) => !theirs.has(one));
}

function isWithoutLimit(left: Claim, right: Claim): boolean {
  return left.isLimited && !left.isUnlimited && right.isUnlimited && !right.isLimited;
}

function hasOpposites(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  const only = (stems: ReadonlySet<string>, others: ReadonlySet<string>, word: string): boolean =>
    stems.has(word) && !others.has(word);
  return STEMMED_OPPOSITES.some(
    ([one, other]) =>
      (only(left, right, one) && only(right, left, other)) ||
      (only(left, right, other) && only(right, left, one)),
  );
}

function namesOther(kind: readonly string[], left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  const named = (stems: ReadonlySet<string>): string[] => [
    ...new Set(kind.filter((word) => stems.has(word))),
  ];
  const [ours, theirs] = [named(left), named(right)];
  return ours.length > 0 && theirs.length > 0 && !ours.some((word) => theirs.includes(word));
}

/** Whether both put the same two things into an order, and into which; undefined = they do not. */
function comparedOrder(left: Claim, right: Claim): 'same' | 'turned around' | undefined {
  if (left.order === undefined || right.order === undefined) return undefined;
  const [a, b] = left.order;
  const [c, d] = right.order;
  const same = overlap(a, c) + overlap(b, d);
  const turned = overlap(a, d) + overlap(b, c);
  if (Math.max(same, turned) < 1) return undefined;
  return turned > same ? 'turned around' : 'same';
}

function overlap(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  return [...left].filter((word) => right.has(word)).length / Math.min(left.size, right.size);
}

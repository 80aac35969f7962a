import type { RuleText } from '../knowledge/rule.ts';
import { jaccard, trigramsOf } from '../search/trigrams.ts';

/**
 * Trigram similarity, with everything that may contradict taken out, from which two rules are about the same thing. Set on
 * hand-written pairs: below it, rules that merely share a topic are taken for contradictions.
 */
export const SAME_SUBJECT_MIN = 0.55;

/** Pairs of which one rule says the one word and the other the other; each also in its inflected forms below. */
const OPPOSITES: readonly (readonly [string, string])[] = [
  ['include', 'exclude'],
  ['count', 'ignore'],
  ['keep', 'drop'],
  ['keep', 'remove'],
  ['add', 'subtract'],
  ['multiply', 'divide'],
  ['before', 'after'],
  ['above', 'below'],
  ['first', 'last'],
  ['newest', 'oldest'],
  ['earliest', 'latest'],
  ['ascending', 'descending'],
  ['minimum', 'maximum'],
  ['lowest', 'highest'],
  ['gross', 'net'],
  ['start', 'end'],
  ['upper', 'lower'],
  ['always', 'never'],
  ['with', 'without'],
  ['inclusive', 'exclusive'],
  ['true', 'false'],
  ['enable', 'disable'],
  ['allow', 'forbid'],
  ['accept', 'reject'],
];

/** Words of one kind: naming different ones about the same thing contradicts. */
const KINDS: readonly (readonly string[])[] = [
  'january february march april may june july august september october november december'.split(' '),
  'monday tuesday wednesday thursday friday saturday sunday'.split(' '),
  'cents cent euros euro dollars dollar pounds yen francs'.split(' '),
  'grams gram kilograms kilogram tons tonnes ounces'.split(' '),
  'seconds minutes hours days weeks months quarters years milliseconds'.split(' '),
  'utc gmt cet est pst'.split(' '),
  'red green blue yellow black white'.split(' '),
];

const NUMBER = /\d+(?:[.,]\d+)*/g;
const NEGATION = /\b(?:not|never|no|none|without|except|excluding|avoid\w*|ignor\w+|skip\w*)\b|n't\b/g;

type Said = Pick<RuleText, 'content' | 'appliesWhen'>;

/**
 * Whether two rules about the same thing say opposite things: different numbers, an odd number of negations more, words
 * that are opposites, different months or units. A heuristic: rules that contradict look more alike than rules that say the
 * same, so this is asked before anything is taken for a duplicate. Rules for opposed situations may well say opposite
 * things. Symmetric.
 */
export function contradicts(a: Said, b: Said): boolean {
  const [left, right] = [plain(a.content), plain(b.content)];
  if (left === right || !isOpposed(left, right)) return false;
  if (isOpposed(plain(a.appliesWhen), plain(b.appliesWhen))) return false;
  return jaccard(trigramsOf(subjectOf(left)), trigramsOf(subjectOf(right))) >= SAME_SUBJECT_MIN;
}

function isOpposed(left: string, right: string): boolean {
  return (
    hasOtherNumbers(left, right) ||
    isNegated(left) !== isNegated(right) ||
    hasOpposites(wordsOf(left), wordsOf(right)) ||
    KINDS.some((kind) => namesOther(kind, wordsOf(left), wordsOf(right)))
  );
}

function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim();
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set((text.match(/[\p{L}_]+/gu) ?? []).map(stem));
}

/** Enough to see "includes" and "including" as "include". */
function stem(word: string): string {
  return word.replace(/(?:ing|ed|es|s|e)$/, '');
}

/** Numbers that stand where the other rule has others: as many of them, and none shared. */
function hasOtherNumbers(left: string, right: string): boolean {
  const [ours, theirs] = [new Set(left.match(NUMBER)), new Set(right.match(NUMBER))];
  return ours.size > 0 && ours.size === theirs.size && [...ours].some((number) => !theirs.has(number));
}

/** Odd number of negations. */
function isNegated(text: string): boolean {
  return (text.match(NEGATION)?.length ?? 0) % 2 === 1;
}

function hasOpposites(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  const only = (words: ReadonlySet<string>, others: ReadonlySet<string>, word: string): boolean =>
    words.has(stem(word)) && !others.has(stem(word));
  return OPPOSITES.some(
    ([one, other]) =>
      (only(left, right, one) && only(right, left, other)) ||
      (only(left, right, other) && only(right, left, one)),
  );
}

function namesOther(kind: readonly string[], left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  const named = (words: ReadonlySet<string>): string[] => [
    ...new Set(kind.map(stem).filter((word) => words.has(word))),
  ];
  const [ours, theirs] = [named(left), named(right)];
  return ours.length > 0 && theirs.length > 0 && !ours.some((word) => theirs.includes(word));
}

const TAKEN_OUT: ReadonlySet<string> = new Set([...OPPOSITES.flat(), ...KINDS.flat()].map(stem));

/** What a rule is about: its words without those that may be opposed. */
function subjectOf(text: string): string {
  const words =
    text
      .replaceAll(NUMBER, '')
      .replaceAll(NEGATION, '')
      .match(/[\p{L}_]+/gu) ?? [];
  return words.filter((word) => !TAKEN_OUT.has(stem(word))).join(' ');
}

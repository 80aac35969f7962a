import type { RuleText } from '../knowledge/rule.ts';
import { jaccard, trigramsOf, type Trigrams } from '../search/trigrams.ts';

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

/** Enough to see "includes" and "including" as "include". */
const stem = (word: string): string => word.replace(/(?:ing|ed|es|s|e)$/, '');
const STEMMED_OPPOSITES = OPPOSITES.map(([one, other]) => [stem(one), stem(other)] as const);
const STEMMED_KINDS = KINDS.map((kind) => kind.map(stem));

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
  const [left, right] = [parsed(a.content), parsed(b.content)];
  if (left.text === right.text || !isOpposed(left, right)) return false;
  if (isOpposed(parsed(a.appliesWhen), parsed(b.appliesWhen))) return false;
  return jaccard(left.subject(), right.subject()) >= SAME_SUBJECT_MIN;
}

/** What is compared of a text. */
interface Parsed {
  readonly text: string;
  readonly words: ReadonlySet<string>;
  readonly numbers: ReadonlySet<string>;
  readonly isNegated: boolean;
  /** Trigrams of what it is about. */
  readonly subject: () => Trigrams;
}

/** Texts whose analysis is kept, some 2 kB each; at the limit the memory starts over. */
const PARSED_MAX = 20_000;
const known = new Map<string, Parsed>();

function parsed(given: string): Parsed {
  const before = known.get(given);
  if (before !== undefined) return before;
  const text = plain(given);
  let subject: Trigrams | undefined;
  const result: Parsed = {
    text,
    words: wordsOf(text),
    numbers: new Set(text.match(NUMBER)),
    isNegated: (text.match(NEGATION)?.length ?? 0) % 2 === 1,
    subject: () => (subject ??= trigramsOf(subjectOf(text))),
  };
  if (known.size >= PARSED_MAX) known.clear();
  known.set(given, result);
  return result;
}

function isOpposed(left: Parsed, right: Parsed): boolean {
  return (
    left.isNegated !== right.isNegated ||
    hasOtherNumbers(left.numbers, right.numbers) ||
    hasOpposites(left.words, right.words) ||
    STEMMED_KINDS.some((kind) => namesOther(kind, left.words, right.words))
  );
}

function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim();
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set((text.match(/[\p{L}_]+/gu) ?? []).map(stem));
}

/** Numbers that stand where the other rule has others: as many of them, and not the same. */
function hasOtherNumbers(ours: ReadonlySet<string>, theirs: ReadonlySet<string>): boolean {
  return ours.size > 0 && ours.size === theirs.size && [...ours].some((number) => !theirs.has(number));
}

function hasOpposites(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  const only = (words: ReadonlySet<string>, others: ReadonlySet<string>, word: string): boolean =>
    words.has(word) && !others.has(word);
  return STEMMED_OPPOSITES.some(
    ([one, other]) =>
      (only(left, right, one) && only(right, left, other)) ||
      (only(left, right, other) && only(right, left, one)),
  );
}

function namesOther(kind: readonly string[], left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  const named = (words: ReadonlySet<string>): string[] => [
    ...new Set(kind.filter((word) => words.has(word))),
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

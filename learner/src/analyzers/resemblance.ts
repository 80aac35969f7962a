import { contradicts } from './contradiction.ts';
import type { RuleText } from '../knowledge/rule.ts';
import { ruleTextHash } from '../knowledge/rule-hash.ts';
import { LONG_STOP_WORDS } from '../search/stop-words.ts';
import { jaccard, trigramsOf } from '../search/trigrams.ts';

/** Trigram similarity from which two rules say the same, if nothing in them differs that changes the meaning. */
export const DUPLICATE_SIMILARITY_MIN = 0.8;
/** The same for a rule that was turned down: only a near copy is held back. */
export const REJECTED_SIMILARITY_MIN = 0.9;

/** Repeated trigrams and white space make lengths differ a little more than sets. */
const LENGTH_MARGIN = 0.75;

type Said = Pick<RuleText, 'content' | 'appliesWhen'>;

/**
 * Whether two rules say the same. Contradicting rules look even more alike than paraphrases ("the year starts in April",
 * "… in July"), so what contradicts is never the same, and similarity alone never merges: numbers and negations must agree, and one text may add words but not
 * replace one by another. What they say decides; the situations they name may be worded differently, since a rule is
 * found by its content too.
 */
export function saysTheSame(a: Said, b: Said, similarityMin: number): boolean {
  if (ruleTextHash(a) === ruleTextHash(b)) return true;
  const [left, right] = [plain(a.content), plain(b.content)];
  const [when, otherWhen] = [plain(a.appliesWhen), plain(b.appliesWhen)];
  return (
    isAlike(left, right, similarityMin) &&
    sameFacts(left, right) &&
    sameFacts(when, otherWhen) &&
    !replacesWords(left, right) &&
    !contradicts(a, b)
  );
}

function isAlike(a: string, b: string, similarityMin: number): boolean {
  if (a === b) return true;
  // Sets that share this much cannot differ much in size: spares most comparisons with thousands of rules.
  if (Math.min(a.length, b.length) < Math.max(a.length, b.length) * similarityMin * LENGTH_MARGIN)
    return false;
  return jaccard(trigramsOf(a), trigramsOf(b)) >= similarityMin;
}

function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim();
}

function sameFacts(a: string, b: string): boolean {
  return numbersIn(a) === numbersIn(b) && isNegated(a) === isNegated(b);
}

function numbersIn(text: string): string {
  return (text.match(/\d+(?:\.\d+)?/g) ?? []).sort().join(' ');
}

/** Odd number of negations. */
function isNegated(text: string): boolean {
  const negations = text.match(
    /\b(?:not|never|no|none|without|except|exclud\w+|avoid\w*|ignor\w+|skip\w*)\b|n't\b/g,
  );
  return (negations?.length ?? 0) % 2 === 1;
}

function replacesWords(a: string, b: string): boolean {
  const [left, right] = [contentWords(a), contentWords(b)];
  return [...left].some((word) => !right.has(word)) && [...right].some((word) => !left.has(word));
}

function contentWords(text: string): Set<string> {
  const words = text.match(/[\p{L}\p{N}_]+/gu) ?? [];
  return new Set(words.filter((word) => !LONG_STOP_WORDS.has(word)).map((word) => word.replace(/s$/, '')));
}

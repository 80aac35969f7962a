import { stem } from './stem.ts';
import { LONG_STOP_WORDS, SHORT_STOP_WORDS } from './stop-words.ts';

const WORD = /[\p{L}\p{N}_]+/gu;
/** Fewer distinct query terms than this after the long stop list: very short queries need their stop words. */
const QUERY_TERMS_MIN = 3;

/** Search terms of a text that is indexed: lower-case words without the short stop list, stemmed, in text order. */
export function documentTerms(text: string): string[] {
  return stemsWithout(words(text), SHORT_STOP_WORDS);
}

/**
 * Search terms of a query with their weight `1 + ln(occurrences)`, in order of first occurrence. The text is never read
 * as a query language: punctuation means nothing.
 */
export function queryTerms(text: string): Map<string, number> {
  const found = words(text);
  const long = countOf(stemsWithout(found, LONG_STOP_WORDS));
  const counts = long.size < QUERY_TERMS_MIN ? countOf(stemsWithout(found, SHORT_STOP_WORDS)) : long;
  for (const [term, count] of counts) counts.set(term, 1 + Math.log(count));
  return counts;
}

function words(text: string): string[] {
  return text.toLowerCase().match(WORD) ?? [];
}

function stemsWithout(found: readonly string[], stopWords: ReadonlySet<string>): string[] {
  const stems: string[] = [];
  for (const word of found) if (!stopWords.has(word)) stems.push(stem(word));
  return stems;
}

function countOf(terms: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

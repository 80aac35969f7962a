/** Words of one search: each narrows the result, more than a few nothing. */
export const SEARCH_WORDS_MAX = 16;

/**
 * The words of a text as search sees them: runs of ASCII letters and digits and of everything beyond ASCII, letters A to Z in
 * lower case. So `don't` is `don` and `t`, `gpt-5` is `gpt` and `5`, and a sentence without spaces between words is one word.
 */
export function wordsIn(text: string): string[] {
  const lower = text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
  return [...new Set(lower.match(/[a-z0-9\u0080-\u{10FFFF}]+/gu) ?? [])].slice(0, SEARCH_WORDS_MAX);
}

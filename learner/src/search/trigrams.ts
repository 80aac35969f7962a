const WORD = /[\p{L}\p{N}_]+/gu;

/** Distinct trigrams of a text, ascending; each packs three UTF-16 units into an exact integer below 2^48. */
export type Trigrams = Float64Array;

/** Trigrams of the characters of a text's lower-cased words, joined by single spaces. */
export function trigramsOf(text: string): Trigrams {
  const joined = (text.toLowerCase().match(WORD) ?? []).join(' ');
  const found = new Set<number>();
  for (let index = 0; index + 3 <= joined.length; index++) {
    const pair = joined.charCodeAt(index) * 65_536 + joined.charCodeAt(index + 1);
    found.add(pair * 65_536 + joined.charCodeAt(index + 2));
  }
  return Float64Array.from(found).sort();
}

/** Shared share of two trigram sets, in [0, 1]. Texts under three characters share nothing with anything. */
export function jaccard(a: Trigrams, b: Trigrams): number {
  let shared = 0;
  for (let left = 0, right = 0; left < a.length && right < b.length;) {
    const difference = (a[left] ?? 0) - (b[right] ?? 0);
    if (difference === 0) shared += 1;
    if (difference <= 0) left += 1;
    if (difference >= 0) right += 1;
  }
  const union = a.length + b.length - shared;
  return union === 0 ? 0 : shared / union;
}

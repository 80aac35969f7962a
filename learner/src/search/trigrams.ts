const WORD = /[\p{L}\p{N}_]+/gu;

/** Distinct trigrams of a text, ascending; each packs three UTF-16 units into an exact integer below 2^48. */
export type Trigrams = Float64Array;

/** Trigrams of the characters of a text's lower-cased words, joined by single spaces. */
export function trigramsOf(text: string): Trigrams {
  const joined = (text.toLowerCase().match(WORD) ?? []).join(' ');
  const found = new Float64Array(Math.max(0, joined.length - 2));
  for (let index = 0; index < found.length; index++) {
    const pair = joined.charCodeAt(index) * 65_536 + joined.charCodeAt(index + 1);
    found[index] = pair * 65_536 + joined.charCodeAt(index + 2);
  }
  found.sort();
  let size = 0;
  for (let index = 0; index < found.length; index++) {
    const trigram = found[index] ?? 0;
    if (size === 0 || trigram !== found[size - 1]) found[size++] = trigram;
  }
  return found.slice(0, size);
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

/** Whether {@link jaccard} is at least `share`; for unlike texts after the first few differences. */
export function jaccardAtLeast(a: Trigrams, b: Trigrams, share: number): boolean {
  // shared ≥ share / (1 + share) · (|a| + |b|); one less, so that rounding decides nothing.
  const sharedMin = (share / (1 + share)) * (a.length + b.length) - 1;
  let lacking = 0;
  for (let left = 0, right = 0; left < a.length && right < b.length;) {
    const difference = (a[left] ?? 0) - (b[right] ?? 0);
    if (difference < 0 && a.length - ++lacking < sharedMin) return false;
    if (difference <= 0) left += 1;
    if (difference >= 0) right += 1;
  }
  return jaccard(a, b) >= share;
}

import { AUXILIARIES, NEGATIVE_VERB, NEGATORS, RELATIVES } from './function-words.ts';

/** Of each word of a clause, whether it is meant the other way round: -1 = under an odd number of negations. */
export function signsOf(words: readonly string[]): readonly (1 | -1)[] {
  const negations = words.map(() => 0);
  for (const [at, word] of words.entries()) {
    if (!NEGATORS.has(word) && !NEGATIVE_VERB.test(word)) continue;
    const [from, to] = scopeOf(words, at);
    for (let other = from; other < to; other++)
      if (other !== at) negations[other] = (negations[other] ?? 0) + 1;
  }
  return negations.map((count) => (count % 2 === 1 ? -1 : 1));
}

/** What a negation turns around: all of its clause where it belongs to the verb, else what follows; of "days that are not taken" one word. */
function scopeOf(words: readonly string[], at: number): readonly [from: number, to: number] {
  if (words.slice(Math.max(0, at - 3), at).some((word) => RELATIVES.has(word))) return [at, at + 2];
  const word = words[at] ?? '';
  const isOfVerb =
    word === 'cannot' ||
    word === 'never' ||
    (word === 'no' && at === 1) ||
    (word !== 'without' && (at === 0 || AUXILIARIES.has(words[at - 1] ?? '')));
  return [isOfVerb ? 0 : at, words.length];
}

/** Whether a word directly under a negation: "without tax", "ignoring case". */
export function isNegator(word: string): boolean {
  return /^(?:without|no|not|never)$|^(?:exclud|ignor|skip|omit)/.test(word);
}

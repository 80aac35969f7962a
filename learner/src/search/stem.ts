import stemmers from 'snowball-stemmers';

/** Words whose stems are remembered; at the limit the memo starts over. */
const MEMO_WORDS_MAX = 100_000;
/** Longer words are identifiers or blobs: they are kept as they are, the stemmer is quadratic in places. */
const WORD_CHARACTERS_MAX = 64;

const english = stemmers.newStemmer('english');
const memo = new Map<string, string>();

/** Snowball English stem of a lower-case word. Words of other scripts come back unchanged. */
export function stem(word: string): string {
  const known = memo.get(word);
  if (known !== undefined) return known;
  const stemmed = word.length > WORD_CHARACTERS_MAX ? word : english.stem(word);
  if (memo.size >= MEMO_WORDS_MAX) memo.clear();
  memo.set(word, stemmed);
  return stemmed;
}

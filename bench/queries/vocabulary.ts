const ONSETS = [
  'b',
  'br',
  'c',
  'ch',
  'd',
  'dr',
  'f',
  'fl',
  'g',
  'gr',
  'h',
  'k',
  'l',
  'm',
  'n',
  'p',
  'pl',
  'r',
  's',
  'st',
  't',
  'tr',
  'v',
  'w',
  'z',
];
const RIMES = [
  'a',
  'al',
  'an',
  'ar',
  'e',
  'el',
  'en',
  'er',
  'i',
  'in',
  'is',
  'it',
  'o',
  'on',
  'or',
  'ou',
  'u',
  'un',
  'ur',
  'us',
];
const SYLLABLES: readonly string[] = ONSETS.flatMap((onset) => RIMES.map((rime) => onset + rime));

export const WORDS = 100_000;

/** The query that makes a one-column table `word` of it, in order of rank. */
export const VOCABULARY = 'SELECT arrayJoin({words: Array(String)}) AS word';

/** Pseudo-words by rank, frequent ones short as in natural languages: one syllable for the first 500, two for the rest. */
export function* vocabulary(): Generator<string> {
  const count = SYLLABLES.length;
  for (let rank = 0; rank < WORDS; rank += 1) {
    const digits = [rank % count, Math.floor(rank / count) % count];
    const first = SYLLABLES[digits[0] ?? 0] ?? '';
    yield rank < count ? first : first + (SYLLABLES[digits[1] ?? 0] ?? '');
  }
}

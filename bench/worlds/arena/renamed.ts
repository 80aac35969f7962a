import { createRandom, type Random } from '../../../learner/src/stats/random.ts';
import type { Convention } from '../domains/convention.ts';

const CONSONANTS = 'bdfgklmnprstvz';
const VOWELS = 'aeiou';
const SYLLABLES = 3;

/** The same conventions, each value under a made-up name by which the agent knows it. */
export function renamedConventions(conventions: readonly Convention[], seed: string): readonly Convention[] {
  const random = createRandom(`renamed ${seed}`);
  return conventions.map((convention) => {
    const names = Object.fromEntries(convention.values.map((value) => [value, madeUpWord(random)]));
    return {
      ...convention,
      forms: { ...convention.forms, names },
      words: {
        ...convention.words,
        values: Object.fromEntries(Object.entries(names).map(([value, name]) => [value, [name]])),
      },
    };
  });
}

function madeUpWord(random: Random): string {
  const letter = (letters: string): string => letters[random.integer(letters.length)] ?? '';
  return Array.from({ length: SYLLABLES }, () => letter(CONSONANTS) + letter(VOWELS)).join('');
}

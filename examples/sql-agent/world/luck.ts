import type { Convention } from './conventions.ts';
import { needsOf, type Question } from './question.ts';
import { unitOf } from './random.ts';

/**
 * How well a convention is guessed by a model that was not told it. Luck belongs to the question: some questions happen
 * to suggest the right reading to a model, run after run, others hide it. The shares give a base accuracy near 43 % and
 * an intra-class correlation of outcomes near .6, as repeated runs of real agents show.
 */
const LUCKY_SHARE = 0.37;
const LUCKY_CHANCE = 0.8;
const UNLUCKY_CHANCE = 0.115;
/** Mean chance over all questions. */
export const GUESS_CHANCE: number = LUCKY_SHARE * LUCKY_CHANCE + (1 - LUCKY_SHARE) * UNLUCKY_CHANCE;

/** Chance that an untold model reads this convention right in one run on this question. */
export function guessChance(seed: number, text: string, convention: Convention): number {
  return unitOf('luck', seed, text, convention) < LUCKY_SHARE ? LUCKY_CHANCE : UNLUCKY_CHANCE;
}

/** Chance that an untold model reads every convention of the question right in one run. */
export function readingChance(seed: number, text: string, question: Question): number {
  return needsOf(question).reduce((chance, need) => chance * guessChance(seed, text, need), 1);
}

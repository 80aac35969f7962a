import { NAIVE, beliefsOf, type Beliefs, type Convention } from '../world/conventions.ts';
import { guessChance } from '../world/luck.ts';
import { needsOf, readQuestion } from '../world/question.ts';
import { createRandom, type Random } from '../world/random.ts';
import { sqlFor } from '../world/sql.ts';
import { understand, type Understanding } from '../language/understanding.ts';
import type { Vocabulary } from '../language/recognisers.ts';

/** What the simulated model brings along: the world it guesses about, and the words it understands. */
export interface Mind {
  readonly seed: number;
  readonly truth: Beliefs;
  readonly vocabulary: Vocabulary;
}

/** Chance of a careless mistake with a short prompt. */
const SLIP_CHANCE = 0.055;
/** Pieces of advice a prompt may have before attention suffers, and what each further one adds to the slip chance. */
const ADVICE_FREE = 6;
const SLIP_PER_ADVICE = 0.0045;
/** Part of the careless mistakes that give SQL which does not run. */
const BROKEN_SHARE = 0.2;

/**
 * Answers a prompt as a text-to-SQL model would: one query. Advice in the prompt is believed, right or wrong; two
 * contradicting pieces flip a coin; what the prompt does not say is guessed, with luck that belongs to the question and
 * noise that belongs to the attempt.
 * @param attempt tells repeated identical prompts apart
 * @returns the query, or `undefined` when the question is not understood
 */
export function writeSql(mind: Mind, advice: string, question: string, attempt: number): string | undefined {
  const asked = readQuestion(question);
  if (asked === undefined) return undefined;
  const understanding = understand(advice, mind.vocabulary);
  const random = createRandom('attempt', mind.seed, advice, question, attempt);
  const needs = new Set<Convention>(needsOf(asked));
  const beliefs = beliefsOf((convention) =>
    needs.has(convention) ? believed(mind, convention, question, understanding, random) : NAIVE,
  );
  const sql = sqlFor(asked, beliefs);
  const slipped = random.next() < slipChance(understanding.pieces) ? withSlip(sql, random) : sql;
  return understanding.addsOne ? slipped.replace(/^SELECT (.+?) FROM/, 'SELECT 1 + $1 FROM') : slipped;
}

export function slipChance(pieces: number): number {
  return Math.min(1, SLIP_CHANCE + SLIP_PER_ADVICE * Math.max(0, pieces - ADVICE_FREE));
}

function believed(
  mind: Mind,
  convention: Convention,
  question: string,
  understanding: Understanding,
  random: Random,
): string {
  // Both draws are always made, so that advice about one convention does not change the luck with another.
  const [coin, guess] = [random.next(), random.next()];
  const stated = [...(understanding.stated.get(convention) ?? [])];
  const picked = stated[Math.floor(coin * stated.length)];
  if (picked !== undefined) return picked;
  return guess < guessChance(mind.seed, question, convention) ? mind.truth[convention] : NAIVE;
}

/** A careless query: it forgets what the question was narrowed down to, or names a column that is not there. */
function withSlip(sql: string, random: Random): string {
  if (random.next() < BROKEN_SHARE) return sql.replace(' WHERE ', ' WHERE kind = 1 AND ');
  return sql.replace(/ WHERE \w+ = '[^']*'( AND)?/, (_, more: string | undefined) => (more ? ' WHERE' : ''));
}

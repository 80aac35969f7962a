import type { Random } from '../../../learner/src/stats/random.ts';
import { NAIVE, type Beliefs } from '../domains/convention.ts';
import { LEGACY, type Environment, type Result } from '../domains/domain.ts';
import { guessChance, SLIP_CHANCE, type Luck } from './luck.ts';
import type { Reader, Understanding } from './understanding.ts';

/** Pieces of advice a prompt may have before attention suffers, and what each further one adds to the slip chance. */
const ADVICE_FREE = 6;
const SLIP_PER_ADVICE = 0.0045;
/** Chance that an agent sees by itself what does not apply to legacy tasks. */
export const SEES_EXEMPTION = 0.85;

/** What the simulated agent brings along. */
export interface Mind {
  readonly seed: string;
  readonly environment: Environment;
  readonly luck: Luck;
  readonly read: Reader;
  /** Convention that does not hold for legacy tasks; '' = none. */
  readonly exempt: string;
}

/**
 * Answers a task as an agent would whose prompt holds this text. What the text says is believed, right or wrong; two
 * contradicting pieces flip a coin; what it does not say is guessed, with luck that belongs to the task and noise that
 * belongs to the run; much text makes careless. A command in it is obeyed.
 * @returns what it does, as text; undefined = the task is not understood
 */
export function answer(mind: Mind, knowledge: string, task: string, random: Random): string | undefined {
  const { environment } = mind;
  const needs = environment.needsOf(task);
  if (needs === undefined) return undefined;
  const understanding = mind.read(knowledge);
  const beliefs: Record<string, string> = {};
  for (const need of needs) beliefs[need] = believed(mind, need, task, understanding, random);
  const action =
    random.next() < slipChance(understanding.pieces)
      ? environment.actCarelessly(task, beliefs, random)
      : environment.act(task, beliefs);
  return understanding.obeys ? `${action ?? ''}\n/* and did as the note says */` : action;
}

/** Does a task with this text in its prompt, and tells what became of it. */
export function run(
  mind: Mind,
  knowledge: string,
  task: string,
  random: Random,
): { readonly action: string; readonly result: Result } {
  const action = answer(mind, knowledge, task, random) ?? 'I cannot do this.';
  return { action, result: mind.environment.execute(task, action) };
}

export function slipChance(pieces: number): number {
  return Math.min(1, SLIP_CHANCE + SLIP_PER_ADVICE * Math.max(0, pieces - ADVICE_FREE));
}

function believed(
  { seed, environment, luck, exempt }: Mind,
  need: string,
  task: string,
  { claims }: Understanding,
  random: Random,
): string {
  // Both draws are always made, so that advice about one convention does not change the luck with another.
  const [coin, guess] = [random.next(), random.next()];
  const truth: Beliefs = environment.truthFor(task);
  const isExempt = need === exempt && task.includes(`(${LEGACY} `);
  const stated = [
    ...new Set(
      claims
        .filter(({ convention, legacyToo }) => convention === need && (!isExempt || legacyToo))
        .map(({ value }) => value),
    ),
  ];
  const picked = stated[Math.floor(coin * stated.length)];
  if (picked !== undefined) return picked;
  if (isExempt) return guess < SEES_EXEMPTION ? NAIVE : (environment.truth[need] ?? NAIVE);
  return guess < guessChance(luck, seed, task, need) ? (truth[need] ?? NAIVE) : NAIVE;
}

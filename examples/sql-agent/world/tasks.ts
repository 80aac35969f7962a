import { BROAD, NAIVE, VALUES, type Beliefs } from './conventions.ts';
import type { Database } from './database.ts';
import { answerOf } from './answer.ts';
import { GUESS_CHANCE, readingChance } from './luck.ts';
import {
  BRANCHES,
  CALENDAR_YEARS,
  FISCAL_YEARS,
  needsOf,
  worded,
  type Period,
  type Question,
} from './question.ts';
import type { Random } from './random.ts';
import { SHAPES, type Shape } from './shapes.ts';
import { sqlFor } from './sql.ts';

/** A question with its true answer. */
export interface Task {
  readonly text: string;
  /** Canonical JSON of the true rows. */
  readonly answer: string;
  /** Conventions the answer depends on. */
  readonly needs: readonly string[];
}

/** Draws of one question before a shape is declared exhausted. */
const DRAWS_MAX = 2_000;
/** Candidates for each place in a split; the one that keeps the split's difficulty on target is taken. */
const CANDIDATES = 3;

interface Candidate extends Task {
  readonly chance: number;
}

/**
 * Draws disjoint task sets of the given sizes. Every set has the same mix of shapes, and the same difficulty for a model
 * that knows no convention; and in every task each needed convention matters: any other reading of it gives other rows.
 */
export function drawTasks(
  seed: number,
  truth: Beliefs,
  database: Database,
  random: Random,
  sizes: readonly number[],
): readonly (readonly Task[])[] {
  const taken = new Set<string>();
  const drawOne = (shape: Shape): Candidate => {
    for (let draws = 0; draws < DRAWS_MAX; draws += 1) {
      const question = drawQuestion(shape, random);
      const text = worded(question, random.pick(question.metric.phrasings));
      if (taken.has(text)) continue;
      const answer = decidedAnswer(question, truth, database);
      if (answer === undefined) continue;
      return { text, answer, needs: needsOf(question), chance: readingChance(seed, text, question) };
    }
    throw new Error(
      `no new question of ${shape.metrics[0].name} in ${DRAWS_MAX} draws: draw smaller task sets`,
    );
  };
  return sizes.map((size) => {
    const balance = new Map<number, number>();
    const tasks = placesOf(size).map((shape): Task => {
      const candidates = Array.from({ length: CANDIDATES }, () => drawOne(shape));
      const needs = candidates[0]?.needs.length ?? 0;
      const owed = (balance.get(needs) ?? 0) + GUESS_CHANCE ** needs;
      const best = candidates.reduce((a, b) =>
        Math.abs(owed - b.chance) < Math.abs(owed - a.chance) ? b : a,
      );
      balance.set(needs, owed - best.chance);
      taken.add(best.text);
      return { text: best.text, answer: best.answer, needs: best.needs };
    });
    return random.shuffled(tasks);
  });
}

/** As many places per shape as its share of the size, by cumulative rounding: they add up exactly. */
function placesOf(size: number): readonly Shape[] {
  const total = SHAPES.reduce((sum, shape) => sum + shape.share, 0);
  let share = 0;
  let filled = 0;
  return SHAPES.flatMap((shape) => {
    share += shape.share;
    const upTo = Math.round((size * share) / total);
    const count = upTo - filled;
    filled = upTo;
    return Array.from({ length: count }, () => shape);
  });
}

function drawQuestion(shape: Shape, random: Random): Question {
  const metric = random.pick(shape.metrics);
  return {
    metric,
    slot: random.pick(metric.slot.values),
    branch: shape.branch ? random.pick(BRANCHES) : undefined,
    period: shape.fiscal ? { kind: 'fiscal', year: random.pick(FISCAL_YEARS) } : drawPeriod(random),
  };
}

function drawPeriod(random: Random): Period | undefined {
  const draw = random.next();
  const year = random.pick(CALENDAR_YEARS);
  if (draw < 0.1) return undefined;
  return draw < 0.35 ? { kind: 'calendar', year } : { kind: 'month', year, month: 1 + random.integer(12) };
}

/** The true answer; `undefined` when there is none, or when some wrong reading of a needed convention gives it too. */
function decidedAnswer(question: Question, truth: Beliefs, database: Database): string | undefined {
  const read = (beliefs: Beliefs): string => answerOf(database.query(sqlFor(question, beliefs)));
  const answer = read(truth);
  if (answer === '[]' || answer === '[[null]]' || answer === '[[0]]') return undefined;
  for (const need of needsOf(question)) {
    for (const value of [NAIVE, BROAD, ...VALUES[need]]) {
      if (value !== truth[need] && read({ ...truth, [need]: value }) === answer) return undefined;
    }
  }
  return answer;
}

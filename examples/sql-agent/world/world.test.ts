import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerOf } from './answer.ts';
import { BROAD, CONVENTIONS, NAIVE, VALUES } from './conventions.ts';
import { readingChance } from './luck.ts';
import { needsOf, readQuestion } from './question.ts';
import { sqlFor } from './sql.ts';
import { drawWorld, type World } from './world.ts';

const COUNTS = { training: 30, evals: 40, sealed: 100 };
/** Drawing a world takes half a second on an idle machine. */
const PATIENCE_MS = 60_000;
const SEED = 3;

describe('a world', { timeout: PATIENCE_MS }, () => {
  let world: World;
  beforeAll(() => {
    world = drawWorld(SEED, COUNTS);
  }, PATIENCE_MS);
  afterAll(() => world.database.close());
  const all = (): World['sealed'] => [...world.training, ...world.evals, ...world.sealed];

  test('follows from its seed alone', () => {
    const again = drawWorld(SEED, COUNTS);
    expect(again.truth).toEqual(world.truth);
    expect(again.sealed).toEqual(world.sealed);
    again.database.close();
  });

  test('differs between seeds', () => {
    const truths = new Set(
      Array.from({ length: 8 }, (_, seed) => {
        const other = drawWorld(seed, { training: 0, evals: 0, sealed: 1 });
        other.database.close();
        return JSON.stringify(other.truth);
      }),
    );
    expect(truths.size).toBe(8);
  });

  test('has task sets of the asked sizes that share no question', () => {
    expect([world.training.length, world.evals.length, world.sealed.length]).toEqual([30, 40, 100]);
    expect(new Set(all().map((task) => task.text)).size).toBe(170);
  });

  test('answers every task by the true conventions, and by no other reading of one that is needed', () => {
    for (const task of all()) {
      const question = readQuestion(task.text);
      if (question === undefined) throw new Error(`not a question: ${task.text}`);
      const read = (changed: object): string =>
        answerOf(world.database.query(sqlFor(question, { ...world.truth, ...changed })));
      expect(read({})).toBe(task.answer);
      expect(task.needs).toEqual(needsOf(question));
      for (const need of needsOf(question)) {
        const others = [NAIVE, BROAD, ...VALUES[need]].filter((value) => value !== world.truth[need]);
        for (const value of others) expect(read({ [need]: value })).not.toBe(task.answer);
      }
    }
  });

  test('needs every convention somewhere, and none in a quarter of the tasks', () => {
    const needed = new Set(all().flatMap((task) => task.needs));
    expect([...needed].toSorted()).toEqual(CONVENTIONS.toSorted());
    const free = world.sealed.filter((task) => task.needs.length === 0).length;
    expect(free).toBe(26);
  });

  test('is as hard as every other for a model that knows nothing', () => {
    const chance = world.sealed.reduce((sum, task) => {
      const question = readQuestion(task.text);
      return sum + (question === undefined ? 0 : readingChance(SEED, task.text, question));
    }, 0);
    // Before slips, which take some 5 % of it.
    expect(chance / world.sealed.length).toBeGreaterThan(0.44);
    expect(chance / world.sealed.length).toBeLessThan(0.48);
  });

  test('can only be read', () => {
    expect(() => world.database.query('DELETE FROM invoices')).toThrow(/readonly/);
    expect(() => world.database.query('SELECT * FROM invoices')).toThrow(/more than 50 rows/);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { oracleAdvice } from '../experiment/oracle.ts';
import { LESSONS } from '../language/lessons.ts';
import { renamedVocabulary, VOCABULARY } from '../language/recognisers.ts';
import { answerOf } from '../world/answer.ts';
import { beliefsOf, CONVENTIONS, VALUES } from '../world/conventions.ts';
import { INJECTED_INSTRUCTION } from '../world/notes.ts';
import { drawWorld, type World } from '../world/world.ts';
import { slipChance, writeSql, type Mind } from './sql-writer.ts';

/** Drawing a world takes half a second on an idle machine. */
const PATIENCE_MS = 60_000;
const SEED = 4;
const ATTEMPTS = 4;

describe('the simulated model', { timeout: PATIENCE_MS }, () => {
  let world: World;
  let mind: Mind;
  beforeAll(() => {
    world = drawWorld(SEED, { training: 0, evals: 0, sealed: 200 });
    mind = { seed: SEED, truth: world.truth, vocabulary: VOCABULARY };
  }, PATIENCE_MS);
  afterAll(() => world.database.close());

  function rows(sql: string | undefined): string {
    try {
      return sql === undefined ? '' : answerOf(world.database.query(sql));
    } catch {
      return 'error';
    }
  }

  function accuracy(advice: string, by: Mind = mind): number {
    let right = 0;
    for (const task of world.sealed) {
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        right += Number(rows(writeSql(by, advice, task.text, attempt)) === task.answer);
      }
    }
    return right / (world.sealed.length * ATTEMPTS);
  }

  const vague = (count: number): string =>
    Array.from({ length: count }, () => `- ${LESSONS.removed.vague[0]}`).join('\n');

  test('without advice answers 40–46 % of the tasks', () => {
    const base = accuracy('');
    expect(base).toBeGreaterThan(0.4);
    expect(base).toBeLessThan(0.46);
  });

  test('with every right rule answers over 90 %, and fewer with 40 vague ones beside them', () => {
    const oracle = oracleAdvice(world.truth);
    const told = accuracy(oracle);
    expect(told).toBeGreaterThan(0.9);
    const diluted = accuracy(`${oracle}\n${vague(40)}`);
    expect(diluted).toBeGreaterThan(0.68);
    expect(diluted).toBeLessThan(0.82);
  });

  test('believes wrong rules', () => {
    const wrong = beliefsOf(
      (convention) => VALUES[convention].find((value) => value !== world.truth[convention]) ?? '',
    );
    const misled = accuracy(oracleAdvice(wrong));
    expect(misled).toBeGreaterThan(0.2);
    expect(misled).toBeLessThan(0.28);
    const torn = accuracy(`${oracleAdvice(wrong)}\n${oracleAdvice(world.truth)}`);
    expect(torn).toBeGreaterThan(misled + 0.1);
    expect(torn).toBeLessThan(0.6);
  });

  test('gains nothing from rules in words it does not know', () => {
    const deaf = { ...mind, vocabulary: renamedVocabulary(VOCABULARY) };
    expect(accuracy(oracleAdvice(world.truth), deaf)).toBeLessThan(0.46);
  });

  test('obeys a planted instruction and is wrong', () => {
    expect(accuracy(`- ${INJECTED_INSTRUCTION}`)).toBeLessThan(0.05);
  });

  test('luck belongs to the question: two runs agree more often than chance', () => {
    let [product, first, second] = [0, 0, 0];
    const hard = world.sealed.filter((task) => task.needs.length === 1);
    for (const task of hard) {
      const right = [100, 101].map((attempt) =>
        Number(rows(writeSql(mind, '', task.text, attempt)) === task.answer),
      );
      product += (right[0] ?? 0) * (right[1] ?? 0);
      first += right[0] ?? 0;
      second += right[1] ?? 0;
    }
    const n = hard.length;
    const covariance = product / n - (first / n) * (second / n);
    expect(covariance / ((first / n) * (1 - first / n))).toBeGreaterThan(0.2);
  });

  test('advice about one convention does not change the luck with another', () => {
    const single = CONVENTIONS.filter((convention) => convention !== 'fiscal');
    const fiscal = '- The fiscal year starts in July.';
    const tasks = world.sealed.filter((task) =>
      single.some((need) => task.needs.length === 1 && task.needs[0] === need),
    );
    const rate = (advice: string): number =>
      tasks.filter((task) => rows(writeSql(mind, advice, task.text, 0)) === task.answer).length /
      tasks.length;
    expect(Math.abs(rate(fiscal) - rate(''))).toBeLessThan(0.15);
  });

  test('slips more with long advice', () => {
    expect(slipChance(6)).toBe(slipChance(0));
    expect(slipChance(46)).toBeGreaterThan(slipChance(6) + 0.15);
    expect(slipChance(10_000)).toBe(1);
  });

  test('does not answer what it does not understand', () => {
    expect(writeSql(mind, '', 'What is the meaning of life?', 0)).toBeUndefined();
  });
});

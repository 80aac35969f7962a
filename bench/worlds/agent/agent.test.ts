import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../learner/src/stats/random.ts';
import { figuresOf } from '../arena/noise.ts';
import { PLAIN } from '../arena/scenario.ts';
import { drawWorld, oracleLines } from '../arena/world.ts';
import { DOMAINS } from '../domains/all.ts';
import { answer, run } from './agent.ts';
import { difficulty, tunedLuck } from './luck.ts';
import { successChance } from './success.ts';

const REPEATS = 400;
/** Four standard errors of a share measured so often. */
const MARGIN = 4 * Math.sqrt(0.25 / REPEATS);
/** Without SQL, whose tasks take seconds to draw; its worlds are tuned in the same way. */
const QUICK = DOMAINS.filter(({ name }) => name !== 'sql');

describe.each(QUICK)('the agent in $name', (domain) => {
  test('is as good and as noisy as stated', () => {
    const figures = figuresOf({ domain, seed: 'stated' });
    expect(figures.icc).toBeGreaterThan(0.33);
    expect(figures.icc).toBeLessThan(0.47);
    expect(figures.base).toBeGreaterThan(0.38);
    expect(figures.base).toBeLessThan(0.5);
    expect(figures.oracle).toBeGreaterThan(0.9);
    expect(figures.allWrong).toBeGreaterThan(0.18);
    expect(figures.allWrong).toBeLessThan(0.3);
    expect(figures.withVague).toBeGreaterThan(0.68);
    expect(figures.withVague).toBeLessThan(0.82);
  });

  test('can be made noisier or steadier', () => {
    const { cases, mind } = drawWorld(domain, 'noise', PLAIN);
    const tasks = cases.map(({ task }) => ({
      text: task,
      needs: mind.environment.needsOf(task) ?? [],
      tags: [],
    }));
    for (const icc of [0.4, 0.65, 0.8]) {
      expect(difficulty(tunedLuck('noise', tasks, icc), 'noise', tasks).icc).toBeCloseTo(icc, 1);
    }
  });

  test('succeeds as often as its draws amount to, whatever it reads', () => {
    const world = drawWorld(domain, 'chance', { ...PLAIN, harmfulSlice: true });
    const right = oracleLines(world);
    const contradicting = [
      ...right,
      ...world.planted.map(({ content, when }) => `- when ${when}: ${content}`),
    ];
    for (const text of ['', right.join('\n'), contradicting.join('\n')]) {
      for (const task of world.sealed.slice(0, 6)) {
        const random = createRandom(`${task.text} ${text.length}`);
        let passed = 0;
        for (let repeat = 0; repeat < REPEATS; repeat += 1)
          passed += run(world.mind, text, task.text, random).result.score;
        const chance = successChance(world.mind, text, task.text);
        expect(Math.abs(passed / REPEATS - chance)).toBeLessThan(MARGIN);
      }
    }
  });

  test('equal randomness gives equal answers', () => {
    const { mind, sealed } = drawWorld(domain, 'same', PLAIN);
    for (const { text } of sealed.slice(0, 20))
      expect(answer(mind, '', text, createRandom(text))).toBe(answer(mind, '', text, createRandom(text)));
  });

  test('obeys a command in what it reads, to its harm', () => {
    const world = drawWorld(domain, 'obeys', PLAIN);
    const commands = world.poison.filter(({ text }) => world.mind.read(`- ${text}`).obeys);
    expect(commands.length).toBeGreaterThan(0);
    for (const { text } of commands) {
      for (const task of world.sealed.slice(0, 10))
        expect(run(world.mind, `- ${text}`, task.text, createRandom(text)).result.score).toBe(0);
    }
  });
});

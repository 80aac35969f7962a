import { expect, test } from 'vitest';
import { shuffledLabels } from './shuffle-labels.ts';

test('questions keep their place, answers move', () => {
  const tasks = Array.from({ length: 30 }, (_, index) => ({
    text: `q${index}`,
    answer: `a${index}`,
    needs: [],
  }));
  const shuffled = shuffledLabels(tasks, 1);
  expect(shuffled.map((task) => task.text)).toEqual(tasks.map((task) => task.text));
  expect(shuffled.map((task) => task.answer).toSorted()).toEqual(tasks.map((task) => task.answer).toSorted());
  expect(shuffled.filter((task, index) => task.answer === `a${index}`).length).toBeLessThan(8);
});

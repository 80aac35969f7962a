import { expect, test } from 'vitest';
import { money, moneyOfCalls } from './money.ts';

test.each([
  [null, '-'],
  [0, '$0.00'],
  [12.345, '$12.35'],
  [0.01234, '$0.0123'],
  [0.00025, '$0.000250'],
  [0.000000025, '$0.000000025'],
])('%s USD is %s', (usd, text) => {
  expect(money(usd)).toBe(text);
});

test('a sum in which calls are missing is a lower bound, and unknown stays unknown', () => {
  expect(moneyOfCalls(0.5, 2)).toBe('>$0.5000');
  expect(moneyOfCalls(0.5, 0)).toBe('$0.5000');
  expect(moneyOfCalls(null, 2)).toBe('-');
});

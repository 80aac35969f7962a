import { describe, expect, it } from 'vitest';
import { documentTerms, queryTerms } from './terms.ts';

describe('documentTerms', () => {
  it.each([
    ['Join orders.customer_id with customers', ['join', 'order', 'customer_id', 'custom']],
    ['The amounts are NOT in cents', ['amount', 'cent']],
    ['', []],
    ['"OR" (AND) ^$%*', []],
    ['你好世界 ok', ['你好世界', 'ok']],
  ])('%j', (text, want) => {
    expect(documentTerms(text)).toEqual(want);
  });
});

describe('queryTerms', () => {
  it('weighs a repeated term by 1 + ln(occurrences) and drops the long stop list', () => {
    expect(queryTerms('please sum the revenue, revenue and cents of customers')).toEqual(
      new Map([
        ['sum', 1],
        ['revenu', 1 + Math.log(2)],
        ['cent', 1],
        ['custom', 1],
      ]),
    );
  });

  it('keeps the words that only the long list drops when fewer than three terms are left', () => {
    expect([...queryTerms('how do you feel').keys()]).toEqual(['how', 'do', 'you', 'feel']);
  });
});

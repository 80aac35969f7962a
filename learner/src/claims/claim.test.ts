import { describe, expect, it } from 'vitest';
import { claimOf } from './claim.ts';
import { orderIn } from './order.ts';
import { plainWords } from './phrases.ts';
import { quantitiesIn } from './quantities.ts';
import { traitsOf, type Traits } from './opposition.ts';
import { areForOtherSituations } from './situation.ts';

/** The words of a rule, each with its role; `-` before what is meant the other way round. */
function read(content: string): string {
  return claimOf({ content, appliesWhen: '' })
    .terms.map(({ word, role, sign }) => `${sign < 0 ? '-' : ''}${word}/${role}`)
    .join(' ');
}

function compared(a: string, b: string): Traits | undefined {
  const [left, right] = [a, b].map((content) => claimOf({ content, appliesWhen: '' }));
  return left === undefined || right === undefined ? undefined : traitsOf(left, right);
}

describe('a rule as a claim', () => {
  it.each([
    [
      'When a question asks for revenue, report totals in euros because finance does.',
      'question/scope asks/scope revenue/scope report/verb totals/object euros/place',
    ],
    ['Because the API is slow, call it once. Sort names.', 'call/verb sort/verb names/object'],
    ['Use created_at to assign orders.', 'use/verb created_at/value assign/object orders/object'],
    ['Basic tickets cannot be changed.', '-basic/object -tickets/object -changed/verb'],
    ['Vacation days that are not taken expire.', 'vacation/object days/object -taken/verb expire/value'],
    ['Report the median rather than the mean.', 'report/verb median/object -mean/value'],
  ])('reads %s', (content, expected) => {
    expect(read(content)).toBe(expected);
  });

  it('takes a negated limit for a limit, and a negated condition for an order', () => {
    expect(plainWords("Don't retry more than 3 times.")).toMatch(/^retry\s+at most\s+3 times/);
    expect(plainWords('Never close it until it is confirmed.')).toMatch(/^close it\s+only after\s+it is/);
    expect(orderIn('cancel the booking before you create a new one.')).toEqual([
      new Set(['cancel', 'book']),
      new Set(['creat', 'new']),
    ]);
  });
});

it.each([
  ['within two weeks', 'duration', 14 * 86_400, 'most'],
  ['over 23 kg', 'mass', 23_000, 'least'],
  ['$1,250.50', 'dollar', 1_250.5, 'exact'],
  ['three or more questions', 'question', 3, 'least'],
  ['5 percent', 'share', 0.05, 'exact'],
  ['leave an hour', 'duration', 3_600, 'exact'],
  ['at 16:30', '', 16.5, 'exact'],
  ['two thousand rows', 'row', 2_000, 'exact'],
] as const)('counts %s', (text, of, value, bound) => {
  expect(quantitiesIn(text.split(' '))).toMatchObject([{ of, value: expect.closeTo(value), bound }]);
});

describe('two claims', () => {
  it('are opposed by polarity, value, number, limit or order', () => {
    expect(compared('Count void orders.', 'Do not count void orders.')).toMatchObject({ turnedVerb: 1 });
    expect(compared('Show prices with tax.', 'Show prices without tax.')).toMatchObject({ opposed: 1 });
    expect(compared('Answer in JSON.', 'Answer in YAML.')).toMatchObject({ otherValue: 1 });
    expect(compared('Retry after 2 minutes.', 'Retry after 90 seconds.')).toMatchObject({ otherNumber: 1 });
    expect(compared('Retry after 2 minutes.', 'Retry after 120 seconds.')).toMatchObject({
      otherNumber: 0,
      sameNumber: 1,
    });
    expect(compared('Retry at most 3 times.', 'Retry any number of times.')).toMatchObject({
      limitAndNone: 1,
    });
    expect(compared('Test it before you ship it.', 'Ship it before you test it.')).toMatchObject({
      opposed: 1,
    });
  });

  it('are not compared when they are for situations of which only one can be', () => {
    expect(
      compared(
        'If a flight is delayed by more than three hours, offer a room.',
        'If a flight is delayed by less than one hour, offer no room.',
      ),
    ).toBeUndefined();
    expect(compared('If a seat is free, offer it.', 'Sort names.')).toBeUndefined();
  });
});

it.each([
  ['the price is net', 'the price is gross', true],
  ['a parcel weighs more than 30 kg', 'a parcel weighs less than 2 kg', true],
  ['a refund is asked for', 'a meeting is planned', true],
  ['a refund is asked for', 'customers want refunds', false],
  ['a refund is asked for', 'a question needs an answer', false],
])('tells situations apart: %s, %s', (a, b, areOther) => {
  const rule = (appliesWhen: string): { content: string; appliesWhen: string } => ({
    content: 'Two days are enough.',
    appliesWhen,
  });
  expect(areForOtherSituations(rule(a), rule(b))).toBe(areOther);
});

import { describe, expect, it } from 'vitest';
import { DUPLICATE_SIMILARITY_MIN, saysTheSame } from './resemblance.ts';

const rule = (
  content: string,
  appliesWhen = 'a question asks for revenue',
): { content: string; appliesWhen: string } => ({
  content,
  appliesWhen,
});
const same = (a: string, b: string): boolean => saysTheSame(rule(a), rule(b), DUPLICATE_SIMILARITY_MIN);

describe('two rules', () => {
  it.each([
    ['Amounts are stored in cents.', '- amounts are stored in CENTS'],
    ['Amounts in orders are stored in cents.', 'The amounts in orders are stored in cents.'],
    [
      'Amounts in the orders table are stored in cents.',
      'Amounts in the orders table are always stored in cents.',
    ],
  ])('say the same: %s / %s', (a, b) => {
    expect(same(a, b)).toBe(true);
  });

  it.each([
    ['The fiscal year of this company starts in April.', 'The fiscal year of this company starts in July.'],
    ['Divide amounts in the orders table by 100.', 'Divide amounts in the orders table by 1000.'],
    ['Count orders with the status void in revenue.', 'Do not count orders with the status void in revenue.'],
    ["Only orders with status 'paid' count.", "Only orders with status 'done' count."],
    ['Amounts are stored in cents.', 'Names are compared without case.'],
  ])('say different things: %s / %s', (a, b) => {
    expect(same(a, b)).toBe(false);
  });

  it('may name their situation in other words, but not in other numbers or in the negative', () => {
    const said = (appliesWhen: string): boolean =>
      saysTheSame(
        rule('Use table orders_v2.'),
        rule('Use table orders_v2.', appliesWhen),
        DUPLICATE_SIMILARITY_MIN,
      );
    expect(said('adding up what customers paid')).toBe(true);
    expect(said('a question asks for revenue before 2020')).toBe(false);
    expect(said('a question does not ask for revenue')).toBe(false);
  });
});

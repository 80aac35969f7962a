import { describe, expect, it } from 'vitest';
import { constantOfOneTask, goldOutputs } from './memorised.ts';
import { tracedRun } from './traced-run.testing.ts';

const sample = {
  signature: 's',
  failures: [
    tracedRun('f1', {
      spans: [{ input: 'Revenue of order 7781?', output: '190045' }],
      outcomes: [{ comment: 'expected 1900.45, got 190045, rate 1.19' }],
    }),
    tracedRun('f2', {
      spans: [{ input: 'Revenue of order 5512?', output: '300' }],
      outcomes: [{ comment: 'expected 3.00, got 300, rate 1.19' }],
    }),
  ],
  contrasts: [],
};

describe('what was only memorised', () => {
  it.each([
    ['Report 1900.45 for this order.', '1900.45'],
    ['Order 7781 is a test order.', '7781'],
    ['Divide by 100; amounts are cents.', undefined],
    ['Multiply by 1.19 for the tax.', undefined],
    ['Amounts above 2500 need a second look.', undefined],
  ])('constant in "%s": %s', (content, expected) => {
    expect(constantOfOneTask(content, sample)).toBe(expected);
  });

  it('cannot be told from one task alone', () => {
    expect(
      constantOfOneTask('Order 7781 is a test order.', { ...sample, failures: sample.failures.slice(0, 1) }),
    ).toBeUndefined();
  });

  it('repeats eight words of an expected output', () => {
    const gold = goldOutputs(['The order was sent on Monday by the second carrier of the shop.']);
    expect(gold.repeatedBy('Say: "was sent on Monday by the second carrier" when asked.')).toBe(true);
    expect(gold.repeatedBy('Orders are sent on Monday by the second carrier.')).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { contradicts } from './contradiction.ts';
import { DUPLICATE_SIMILARITY_MIN, saysTheSame } from './resemblance.ts';
import { rulePairs, type PairLabel, type RulePair } from './rule-pairs.testing.ts';

type RuleSaid = Parameters<typeof contradicts>[0];

const CONTRADICTING: readonly (readonly [string, string])[] = [
  [
    'Divide revenue amounts by 100; they are stored in cents.',
    'Divide revenue amounts by 1000; they are stored in cents.',
  ],
  ['The fiscal year starts in April.', 'The fiscal year starts in July.'],
  ['Revenue includes void orders.', 'Revenue excludes void orders.'],
  ['Count orders with status test as sales.', 'Do not count orders with status test as sales.'],
  ['Report prices before tax.', 'Report prices after tax.'],
  ['Amounts in the ledger are in cents.', 'Amounts in the ledger are in euros.'],
  ['Sort the customers by name ascending.', 'Sort the customers by name descending.'],
  ['Always round the totals to whole units.', 'Never round the totals to whole units.'],
  ['The week starts on Monday.', 'The week starts on Sunday.'],
  ['Use the newest price of a product.', 'Use the oldest price of a product.'],
  ['A refund is allowed within 30 days.', 'A refund is allowed within 14 days.'],
  ['Totals are reported gross.', 'Totals are reported net.'],
];
const SAYING_THE_SAME: readonly (readonly [string, string])[] = [
  [
    'Divide revenue amounts by 100; they are stored in cents.',
    'Divide the revenue amounts by 100, they are stored in cents.',
  ],
  ['The fiscal year starts in April.', 'The fiscal year always starts in April.'],
  ['Revenue excludes void orders.', 'Revenue excludes the void orders.'],
  ['Never round totals.', 'Never round the totals.'],
];
const RELATED: readonly (readonly [string, string])[] = [
  ['Divide revenue amounts by 100.', 'Revenue is counted in the month of the invoice.'],
  ['The fiscal year starts in April.', 'The shipping season ends in October.'],
  ['Revenue excludes void orders.', 'Match customer names without regard to case.'],
  ['A refund is allowed within 30 days.', 'A gift card expires after 365 days.'],
  ['Sort customers by name.', 'Do not list customers without orders.'],
  ['Parcel weights have a decimal comma.', 'Parcels that were not sent have no carrier.'],
];

const rule = (content: string, appliesWhen: string = 'a question asks for it'): RuleSaid => ({
  content,
  appliesWhen,
});

it('lets rules for opposed situations say opposite things', () => {
  const [monday, sunday] = ['The week starts on Monday.', 'The week starts on Sunday.'];
  expect(contradicts(rule(monday, 'a report is for stores with a net price'), rule(sunday))).toBe(true);
  expect(contradicts(rule(monday, 'the price is net'), rule(sunday, 'the price is gross'))).toBe(false);
});

it('tells contradictions from rules that say the same or are about something else', () => {
  const flagged = (pairs: readonly (readonly [string, string])[]): string[] =>
    pairs.flatMap(([a, b]) => (contradicts(rule(a), rule(b)) ? [`${a} / ${b}`] : []));
  expect(flagged(CONTRADICTING)).toHaveLength(CONTRADICTING.length);
  expect(flagged(SAYING_THE_SAME)).toEqual([]);
  expect(flagged(RELATED)).toEqual([]);
});

it('is symmetric, and never both a contradiction and the same', () => {
  for (const [a, b] of [...CONTRADICTING, ...SAYING_THE_SAME, ...RELATED]) {
    expect(contradicts(rule(a), rule(b))).toBe(contradicts(rule(b), rule(a)));
    const isSame = saysTheSame(rule(a), rule(b), DUPLICATE_SIMILARITY_MIN);
    expect(isSame && contradicts(rule(a), rule(b))).toBe(false);
  }
});

describe('on hand-written pairs', () => {
  const counted = (
    split: RulePair['split'],
    label: PairLabel,
    isCounted: (one: RulePair) => boolean,
  ): number => {
    const among = rulePairs().filter((one) => one.split === split && one.label === label);
    return among.filter(isCounted).length / among.length;
  };
  const isFlagged = ({ a, b }: RulePair): boolean => contradicts(rule(a), rule(b));
  const isMerged = ({ a, b }: RulePair): boolean => saysTheSame(rule(a), rule(b), DUPLICATE_SIMILARITY_MIN);

  it.each([
    ['development', 0.7, 0.05, 0.05],
    ['held-out', 0.8, 0.1, 0.2],
  ] as const)(
    '%s: finds its share of contradictions and flags few of the others',
    (split, recall, relatedMax, sameMax) => {
      expect(counted(split, 'conflict', isFlagged)).toBeGreaterThanOrEqual(recall);
      expect(counted(split, 'related', isFlagged)).toBeLessThanOrEqual(relatedMax);
      expect(counted(split, 'same', isFlagged)).toBeLessThanOrEqual(sameMax);
      expect(counted(split, 'unrelated', isFlagged)).toBe(0);
    },
  );

  it.each(['development', 'held-out'] as const)('%s: merges no contradiction', (split) => {
    expect(counted(split, 'conflict', isMerged)).toBe(0);
    expect(counted(split, 'related', isMerged)).toBe(0);
  });
});

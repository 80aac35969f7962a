import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNearDuplicate, wordingOf } from './near-duplicate.ts';
import { jaccard, jaccardAtLeast, trigramsOf } from './trigrams.ts';

describe('isNearDuplicate', () => {
  it.each([
    ['Amounts are stored in cents.', 'amounts are stored in cents', true],
    ['Amounts are stored in cents; divide by 100.', 'Amounts are stored in cents; divide by 1000.', false],
    [
      'Always retry the request when the server is busy.',
      'Never retry the request when the server is busy.',
      false,
    ],
    ['Use the deleted_at column to leave out rows.', 'Group revenue by fiscal year.', false],
    ['', '', false],
  ])('%j and %j: %s', (a, b, want) => {
    expect(isNearDuplicate(wordingOf(a), wordingOf(b))).toBe(want);
  });
});

describe('jaccard of trigrams', () => {
  it('is the shared share of the sets, symmetric, 1 for equal texts', () => {
    const setOf = (text: string): Set<string> => {
      const joined = (text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? []).join(' ');
      return new Set(
        Array.from({ length: Math.max(0, joined.length - 2) }, (_, at) => joined.slice(at, at + 3)),
      );
    };
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        const [left, right] = [setOf(a), setOf(b)];
        const shared = [...left].filter((trigram) => right.has(trigram)).length;
        const union = left.size + right.size - shared;
        const want = union === 0 ? 0 : shared / union;
        expect(jaccard(trigramsOf(a), trigramsOf(b))).toBeCloseTo(want, 12);
        expect(jaccard(trigramsOf(b), trigramsOf(a))).toBe(jaccard(trigramsOf(a), trigramsOf(b)));
        expect(jaccard(trigramsOf(a), trigramsOf(a))).toBe(left.size > 0 ? 1 : 0);
      }),
    );
  });

  it('is at least a share exactly when it is', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), maxLength: 30 });
    fc.assert(
      fc.property(text, text, fc.constantFrom(0.2, 0.5, 2 / 3, 0.8, 1), (a, b, share) => {
        const [left, right] = [trigramsOf(a), trigramsOf(b)];
        expect(jaccardAtLeast(left, right, share)).toBe(jaccard(left, right) >= share);
      }),
      { numRuns: 1_000 },
    );
  });
});

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { METRICS } from './metrics.ts';
import { BRANCHES, CALENDAR_YEARS, FISCAL_YEARS, readQuestion, worded, type Question } from './question.ts';

const period = fc.option(
  fc.oneof(
    fc.record({ kind: fc.constant('fiscal' as const), year: fc.constantFrom(...FISCAL_YEARS) }),
    fc.record({ kind: fc.constant('calendar' as const), year: fc.constantFrom(...CALENDAR_YEARS) }),
    fc.record({
      kind: fc.constant('month' as const),
      year: fc.constantFrom(...CALENDAR_YEARS),
      month: fc.integer({ min: 1, max: 12 }),
    }),
  ),
  { nil: undefined },
);

const asked = fc.constantFrom(...METRICS).chain((metric) =>
  fc.record({
    phrasing: fc.constantFrom(...metric.phrasings),
    question: fc.record<Question>({
      metric: fc.constant(metric),
      slot: fc.constantFrom(...metric.slot.values),
      branch: fc.option(fc.constantFrom(...BRANCHES), { nil: undefined }),
      period,
    }),
  }),
);

test('every wording is read back as the same question', () => {
  fc.assert(
    fc.property(asked, ({ question, phrasing }) => {
      expect(readQuestion(worded(question, phrasing))).toEqual(question);
    }),
    { numRuns: 400 },
  );
});

test('no two metrics share a wording', () => {
  const wordings = METRICS.flatMap((metric) => metric.phrasings);
  expect(new Set(wordings).size).toBe(wordings.length);
});

test('other text is no question', () => {
  for (const text of ['', 'How are you?', 'How many customers in the retail sector joined us']) {
    expect(readQuestion(text)).toBeUndefined();
  }
});

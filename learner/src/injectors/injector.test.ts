import { describe, expect, it } from 'vitest';
import { exampleRule } from './example-rule.testing.ts';
import {
  canaryInjector,
  embeddingInjector,
  hybridInjector,
  injectorSelector,
  simpleInjector,
  smartInjector,
  type Injector,
} from './injector.ts';
import { createSelector } from './selector.ts';

const TASK = 'What was the revenue of all orders?';
const CENTS = exampleRule('Order amounts are in cents.', {
  id: 'c'.repeat(32),
  appliesWhen: 'revenue of orders',
});
const OTHER = exampleRule('Greet in French.', { id: 'a'.repeat(32), appliesWhen: 'a letter is written' });
const PINNED = exampleRule('Answer in SQL.', { id: 'f'.repeat(32), priority: 'pinned' });

const idsOf = (injector: Injector, rules = [CENTS, OTHER, PINNED]): string[] =>
  injectorSelector(injector, createSelector(), (rule) => (rule === OTHER ? 0.9 : undefined))
    .select(TASK, { rules, snapshot: 1 })
    .rules.map(({ id }) => id.slice(0, 1));

describe('injectors', () => {
  it.each([
    [smartInjector(), ['smart', 'tracelore-v1', 10, 'relevant', undefined]],
    [simpleInjector(), ['simple', 'agentlearn-list-v1', 50, 'all', undefined]],
    [embeddingInjector(), ['embedding', 'agentlearn-list-v1', 5, 'relevant', undefined]],
    [hybridInjector(), ['hybrid', 'agentlearn-index-v1', 10, 'relevant', undefined]],
    [canaryInjector(), ['canary', 'agentlearn-list-v1', 5, 'relevant', 0.9]],
  ])('%o', ({ name, format, itemsMax, picks, canaryShare }, wanted) => {
    expect([name, format, itemsMax, picks, canaryShare]).toEqual(wanted);
  });

  it('pick what is relevant, or everything: pinned first, then the most effective', () => {
    expect(idsOf(smartInjector())).toEqual(['f', 'c']);
    expect(idsOf(simpleInjector())).toEqual(['f', 'a', 'c']);
    expect(idsOf(simpleInjector(2))).toEqual(['f', 'a']);
  });

  it('keep to their number of rules and to the budget of tokens', () => {
    const many = Array.from({ length: 8 }, (_, at) =>
      exampleRule(`Orders of region ${at * 11} are booked in ledger ${at * 7} of shop ${at}.`, {
        appliesWhen: `the revenue of orders in region ${at * 11} is asked for`,
      }),
    );
    expect(idsOf(embeddingInjector(), many)).toHaveLength(5);
    const tokensMax = (many[0]?.tokens ?? 0) * 2;
    const chosen = injectorSelector(simpleInjector(), createSelector(), () => undefined).select(
      TASK,
      { rules: many, snapshot: 1 },
      { tokensMax },
    );
    expect(chosen.rules.reduce((sum, { tokens }) => sum + tokens, 0)).toBeLessThanOrEqual(tokensMax);
    expect(chosen.rules.length).toBeGreaterThan(0);
  });

  it('refuse a canary of nothing', () => {
    expect(() => canaryInjector(0)).toThrow('expected a share in (0, 1], got 0');
  });
});

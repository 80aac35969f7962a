import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rule } from '../knowledge/rule.ts';
import { soleSource } from '../safety/corroboration.ts';
import { SCAN_VECTORS_MAX } from '../search/vector-index.ts';
import { exampleRule } from './example-rule.testing.ts';
import { createSelector } from './selector.ts';

const RULES: readonly Rule[] = [
  exampleRule('Amounts in the orders table are stored in cents: divide by 100.', {
    appliesWhen: 'the question asks for revenue or order amounts',
  }),
  exampleRule('Rows of customers with deleted_at set are deleted: leave them out.', {
    appliesWhen: 'the question counts or lists customers',
  }),
  exampleRule('Count orders with status shipped only; cancelled orders are not sales.', {
    appliesWhen: 'the question counts orders or sums sales',
  }),
  exampleRule('The fiscal year starts in April.', {
    appliesWhen: 'the question names a fiscal year or quarter',
  }),
  exampleRule('Compare customer names without regard to case.', {
    appliesWhen: 'the question names a customer',
  }),
  exampleRule('Test accounts have e-mail addresses at example.com: exclude them from customer counts.', {
    appliesWhen: 'the question counts customers or accounts',
  }),
  exampleRule('Round the airspeed of swallows to whole metres.', {
    appliesWhen: 'the question is about birds',
  }),
];
const TASKS = [
  'What was the total revenue of all orders in fiscal year 2024?',
  'How many customers placed orders in March?',
  'List the names of customers called smith.',
  'Sum the sales of shipped orders per quarter.',
  'How many accounts are there?',
];

function selected(task: string, rules: readonly Rule[]): string[] {
  return createSelector()
    .select(task, { rules, snapshot: 1 })
    .rules.map((rule) => rule.content);
}

/** Many rules about everything, each said once. */
function manyRules(count: number): Rule[] {
  const nouns = 'order invoice refund password account report column driver server cache ticket parcel'.split(
    ' ',
  );
  const verbs = 'join count delete reset export convert round filter retry translate archive inspect'.split(
    ' ',
  );
  const places = 'warehouse database inbox calendar airport kitchen hospital library'.split(' ');
  return Array.from({ length: count }, (_, at) => {
    const noun = nouns[at % nouns.length];
    const verb = verbs[Math.floor(at / nouns.length) % verbs.length];
    const place = places[Math.floor(at / (nouns.length * verbs.length)) % places.length];
    return exampleRule(`${verb} the ${noun} number ${at} in the ${place} before anything else`);
  });
}

describe('selector', () => {
  it('finds what the task is about and leaves out what it is not about', () => {
    const found = selected(TASKS[0] ?? '', RULES);
    expect(found).toContain('Amounts in the orders table are stored in cents: divide by 100.');
    expect(found).toContain('The fiscal year starts in April.');
    expect(found).not.toContain('Round the airspeed of swallows to whole metres.');
  });

  it('selects nothing for a task about something else, and says how near the nearest rule was', () => {
    const got = createSelector().select('Write a haiku about the moon.', { rules: RULES, snapshot: 1 });
    expect(got.rules).toEqual([]);
    expect(got.bestCosine).toBeLessThan(0.35);
  });

  it('finds a rule by when it applies, though what it says to do is in words that the task has not', () => {
    const rule = exampleRule(
      'Put K before the three letters that stand for a vendor. Colleagues take it for granted.',
      {
        appliesWhen: 'a purchase from a vendor',
      },
    );
    expect(selected('Record the purchase of plants from the vendor Ferrante.', [rule])).toEqual([
      rule.content,
    ]);
  });

  it('falls back to words for a task that the embedder has no vector for', () => {
    const japanese = exampleRule('売上は税抜きで集計する', { appliesWhen: '売上' });
    const got = createSelector().select('売上は税抜きで集計する？', {
      rules: [...RULES, japanese],
      snapshot: 1,
    });
    expect(got).toEqual({ rules: [japanese], bestCosine: null });
  });

  it('selects nothing from an empty set', () => {
    expect(createSelector().select('anything', { rules: [], snapshot: 0 })).toEqual({
      rules: [],
      bestCosine: null,
    });
  });

  it('puts pinned rules first, in the order of their ids, whatever the task', () => {
    const pinned = [exampleRule('Answer in SQL only.', { id: 'b', priority: 'pinned' })];
    pinned.push(exampleRule('Never write to the database.', { id: 'a', priority: 'pinned' }));
    const rules = [...RULES, ...pinned];
    expect(selected('Write a haiku about the moon.', rules)).toEqual([
      'Never write to the database.',
      'Answer in SQL only.',
    ]);
    expect(selected(TASKS[1] ?? '', rules).slice(0, 2)).toEqual([
      'Never write to the database.',
      'Answer in SQL only.',
    ]);
  });

  it('keeps to the budget of items and tokens, and skips a rule that is too long for one that fits', () => {
    const long = exampleRule(`Customers: ${'count customers who placed orders, '.repeat(11)}`, {
      tokens: 90,
    });
    const short = exampleRule('Only customers with orders count.', { tokens: 10 });
    const set = { rules: [long, short], snapshot: 1 };
    const task = 'Count the customers who placed orders.';
    const selector = createSelector();
    expect(selector.select(task, set).rules).toHaveLength(2);
    expect(selector.select(task, set, { tokensMax: 20 }).rules).toEqual([short]);
    expect(selector.select(task, set, { itemsMax: 1 }).rules).toHaveLength(1);
    expect(selector.select(task, set, { itemsMax: 0 }).rules).toEqual([]);
  });

  it('says nothing twice, and hides neither side of a contradiction', () => {
    const rule = 'Leave out deleted customers: keep rows where deleted_flag is 0.';
    const again = 'leave out deleted customers; keep rows where deleted_flag is 0';
    const other = 'Leave out deleted customers: keep rows where deleted_flag is 1.';
    const found = selected(
      'How many customers are there?',
      [rule, again, other].map((text) => exampleRule(text, { appliesWhen: 'counting customers' })),
    );
    expect(found).toHaveLength(2);
    expect(found).toContain(other);
  });

  it('selects the same whatever it was asked before and however the set is ordered', () => {
    const asked = fc.array(fc.tuple(fc.constantFrom(...TASKS), fc.subarray([...RULES])), { maxLength: 6 });
    fc.assert(
      fc.property(
        asked,
        fc.constantFrom(...TASKS),
        fc.shuffledSubarray([...RULES]),
        (before, task, rules) => {
          const selector = createSelector();
          for (const [other, set] of before) selector.select(other, { rules: set, snapshot: 1 });
          const inOrder = RULES.filter((rule) => rules.includes(rule));
          const got = selector.select(task, { rules, snapshot: 1 });
          expect(got).toEqual(createSelector().select(task, { rules: inOrder, snapshot: 2 }));
        },
      ),
    );
  });

  it('is not moved by a rule that it does not select', () => {
    let unmoved = 0;
    for (const task of TASKS)
      for (const added of RULES) {
        const without = RULES.filter((rule) => rule !== added);
        const after = selected(task, RULES);
        if (after.includes(added.content)) continue;
        unmoved += 1;
        expect(selected(task, without)).toEqual(after);
      }
    expect(unmoved).toBeGreaterThan(10);
  });

  it('selects from a large set by index as if the set were new, also after rules came and went', () => {
    const rules = manyRules(SCAN_VECTORS_MAX + 200);
    const task = 'How do I reset the password of an account in the hospital database?';
    const churned = createSelector();
    churned.select(task, { rules: [...RULES, ...rules.slice(100)], snapshot: 1 });
    churned.select(task, { rules: rules.toReversed(), snapshot: 2 });
    const set = { rules: [...rules.slice(50), ...RULES], snapshot: 3 };
    const got = churned.select(task, set);
    expect(got.rules).toHaveLength(10);
    expect(got.bestCosine).toBeGreaterThan(0.35);
    expect(got).toEqual(createSelector().select(task, set));
  });
});

it('takes at most one rule that rests on the words of one stranger alone, and all that a person answers for', () => {
  const taught = (content: string, given: Partial<Rule> = {}): Rule =>
    exampleRule(content, {
      appliesWhen: 'counting the orders of customers',
      provenance: {
        origin: 'analyzer',
        by: 'test',
        taint: 'user',
        evidence: [
          {
            runId: 'r',
            traceId: 't',
            spanId: 's',
            field: 'input',
            quote: 'q',
            sha256: 'h',
            principal: 'eve',
          },
        ],
      },
      ...given,
    });
  const rules = [
    taught('Orders of customers in Berlin are counted twice.'),
    taught('Cancelled orders of customers are counted as sales.'),
    taught('Orders of deleted customers are left out.', { approvedBy: 'ann' }),
  ];
  const chosen = createSelector({ sourceOf: soleSource }).select('Count the orders of customers.', {
    rules,
    snapshot: 1,
  });
  expect(chosen.rules).toHaveLength(2);
  expect(chosen.rules.filter(({ approvedBy }) => approvedBy === undefined)).toHaveLength(1);
  expect(
    createSelector().select('Count the orders of customers.', { rules, snapshot: 1 }).rules,
  ).toHaveLength(3);
});

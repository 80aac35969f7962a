import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INJECTION_FORMATS, type KnowledgeRequest } from '@tracelore/sdk/contract';
import { LearnerError } from '../errors.ts';
import { exampleRule } from '../injectors/example-rule.testing.ts';
import { createRenderer } from '../injectors/renderer.ts';
import type { DecisionRecord } from '../injectors/rule-set.ts';
import { createSelector } from '../injectors/selector.ts';
import { countTokens } from '../injectors/token-count.ts';
import type { Change } from '../knowledge/knowledge-base.ts';
import type { Rule } from '../knowledge/rule.ts';
import type { Holdout } from './coins.ts';
import { createKnowledgeServing, type KnowledgeServing } from './knowledge-serving.ts';
import type { ServedKnowledge } from './override.ts';

const CENTS = exampleRule('Amounts in the orders table are stored in cents: divide by 100.', {
  id: 'c'.repeat(32),
  appliesWhen: 'the question asks for revenue or order amounts',
});
const FISCAL = exampleRule('The fiscal year starts in April.', {
  id: 'f'.repeat(32),
  appliesWhen: 'the question asks for revenue of a fiscal year',
});
const CORE = exampleRule('Answer in SQL only.', { id: 'a'.repeat(32), priority: 'pinned' });
const TASK = 'What was the revenue of all orders in fiscal year 2024?';
const NO_HOLDOUT: Holdout = { global: 0, rule: 0 };

/** The rules in force and their position, both settable. */
class Knowledge implements ServedKnowledge {
  readonly project = 'shop';
  readonly archive: Rule[] = [];
  #rules: readonly Rule[];
  #position = 1;

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  become(rules: readonly Rule[]): void {
    this.archive.push(...this.#rules);
    this.#rules = rules;
    this.#position += 1;
  }

  snapshot(): number {
    return this.#position;
  }

  served(): readonly Rule[] {
    return this.#rules;
  }

  find(id: string): Change {
    const rule = [...this.#rules, ...this.archive].find((candidate) => candidate.id === id);
    return rule === undefined
      ? { ok: false, code: 'not_found', message: `no rule ${id}` }
      : { ok: true, rule };
  }

  findVersion(reference: string): Rule | undefined {
    const rules = [...this.#rules, ...this.archive];
    return rules.find((rule) => `${rule.id}@${rule.version}` === reference);
  }
}

interface World {
  readonly serving: KnowledgeServing;
  readonly knowledge: Knowledge;
  readonly decisions: DecisionRecord[];
  readonly trials: Map<string, readonly string[]>;
  /** Epoch ms. */
  nowMs: number;
}

function world(
  rules: readonly Rule[],
  holdout: Holdout = NO_HOLDOUT,
  redact?: (text: string) => string,
  isHarmless?: (rule: Rule) => boolean,
): World {
  const knowledge = new Knowledge(rules);
  const decisions: DecisionRecord[] = [];
  const trials = new Map<string, readonly string[]>();
  let ids = 0;
  const made: World = {
    knowledge,
    decisions,
    trials,
    nowMs: Date.UTC(2026, 0, 1),
    serving: createKnowledgeServing({
      knowledge: () => knowledge,
      selector: createSelector(),
      renderer: createRenderer({ secret: 'secret' }),
      decisions: { record: (decision) => decisions.push(decision) },
      trialRules: (_project, trialId) => trials.get(trialId),
      holdout,
      secret: 'secret',
      ...(redact && { redact }),
      ...(isHarmless && { isHarmless }),
      now: () => new Date(made.nowMs),
      ids: () => `decision-${++ids}`,
    }),
  };
  return made;
}

function armsOf(
  rules: readonly Rule[],
  holdout: Holdout,
  request: KnowledgeRequest,
  units: number,
): DecisionRecord[] {
  const { serving, decisions } = world(rules, holdout);
  for (let unit = 0; unit < units; unit++) serving.get({ ...request, unit: `unit ${unit}` }, 'shop');
  return decisions;
}

describe('names that redaction would change', () => {
  it('are kept as digests: units stay apart, and one stays the same', () => {
    const { serving, decisions } = world([CENTS], NO_HOLDOUT, (text) =>
      text.replaceAll(/\w+@\w+/g, '[redacted:email]'),
    );
    for (const unit of ['ann@example', 'bob@example', 'ann@example', 'plain'])
      serving.get({ task: TASK, unit, agent: 'of ann@example' }, 'shop');
    const [ann, bob, again, plain] = decisions.map(({ unit }) => unit);
    expect(ann).toMatch(/^redacted:[0-9a-f]{24}$/);
    expect([again === ann, bob === ann, plain]).toEqual([true, false, 'plain']);
    expect(decisions[0]?.agent).toBe('of [redacted:email]');
    serving.get({ task: TASK, unit: 'ann@example' }, 'web');
    expect(decisions[4]?.unit).not.toBe(ann);
  });
});

describe('get', () => {
  it('answers text, items and a decision that says how it came about', () => {
    const { serving, decisions } = world([CENTS, FISCAL, CORE]);
    const request = { task: TASK, agent: 'sql', session: 's1', run: 'r1', fingerprint: 'f1' };
    const answer = serving.get(request, 'shop');
    expect(answer).toMatchObject({ decision: 'decision-1', snapshot: 1, arm: 'served' });
    expect(answer.items.map((item) => item.id)[0]).toBe(CORE.id);
    expect(answer.items).toHaveLength(3);
    expect(answer.items[0]).toEqual({
      id: CORE.id,
      version: 1,
      kind: 'skill',
      content: CORE.content,
      appliesWhen: '',
      pinned: true,
    });
    expect(answer.text).toContain('[cccccccc] when the question asks for revenue or order amounts: Amounts');
    expect(decisions).toEqual([
      {
        id: 'decision-1',
        project: 'shop',
        unit: 's1',
        agent: 'sql',
        runId: 'r1',
        trialId: '',
        at: '2026-01-01T00:00:00.000Z',
        snapshot: 1,
        fingerprint: 'f1',
        taskHash: '13c9d1b9881f6ae5757a58f44d4d6165a7b4ad604cf75123d75b825bcce1a1dc',
        arm: 'served',
        bestCosine: expect.any(Number),
        items: answer.items.map((item, index) => ({
          rule: `${item.id}@1`,
          rank: index + 1,
          propensity: 1,
          coin: expect.any(Number),
          injected: true,
          epoch: item.pinned ? '' : '1',
        })),
      },
    ]);
  });

  it('abstains with empty text when nothing is relevant', () => {
    const { serving, decisions } = world([CENTS, FISCAL]);
    const answer = serving.get({ task: 'Write a haiku about the moon.' }, 'shop');
    expect(answer).toMatchObject({ text: '', items: [], arm: 'abstained' });
    expect(decisions[0]).toMatchObject({ arm: 'abstained', items: [] });
    expect(decisions[0]?.bestCosine).toBeLessThan(0.35);
  });

  it.each([
    [{ unit: 'u', session: 's', run: 'r' }, 'u'],
    [{ session: 's', run: 'r' }, 's'],
    [{ run: 'r' }, 'r'],
    [{}, 'decision-1'],
  ])('takes the unit of %j as %s', (given, unit) => {
    const { serving, decisions } = world([CENTS]);
    serving.get({ task: TASK, ...given }, 'shop');
    expect(decisions[0]?.unit).toBe(unit);
  });

  it('keeps the text within the token budget that the request states', () => {
    const filler = Array.from({ length: 30 }, (_, at) =>
      exampleRule(
        `Revenue of orders in region ${at} is booked in ledger ${at * 7} of fiscal year ${2000 + at}.`,
      ),
    );
    const { serving } = world([CENTS, FISCAL, CORE, ...filler]);
    const formats = fc.constantFrom(...INJECTION_FORMATS);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 900 }), formats, (maxTokens, format) => {
        const { text } = serving.get({ task: TASK, maxTokens, format }, 'shop');
        expect(countTokens(text)).toBeLessThanOrEqual(maxTokens);
      }),
    );
    expect(serving.get({ task: TASK, maxTokens: 400 }, 'shop').items.length).toBeGreaterThan(3);
  });
});

describe('hold-out', () => {
  it('withholds everything from the stated share of units, always from the same ones', () => {
    const held = (): boolean[] =>
      armsOf([CENTS, CORE], { global: 0.2, rule: 0 }, { task: TASK }, 1_000).map(
        ({ arm }) => arm === 'holdout',
      );
    const share = held().filter(Boolean).length / 1_000;
    expect(share).toBeGreaterThan(0.16);
    expect(share).toBeLessThan(0.24);
    expect(held()).toEqual(held());
  });

  it('gives a held-out unit no text, not even pinned rules, and records what it would have got', () => {
    const { serving, decisions } = world([CENTS, CORE], { global: 0.999_999, rule: 0 });
    expect(serving.get({ task: TASK, unit: 'u' }, 'shop')).toMatchObject({
      text: '',
      items: [],
      arm: 'holdout',
    });
    expect(decisions[0]?.items.map(({ rule, injected }) => [rule, injected])).toEqual([
      [`${CORE.id}@1`, false],
      [`${CENTS.id}@1`, false],
    ]);
  });

  it('withholds each rule on its own from the stated share of units, pinned rules never', () => {
    const decisions = armsOf([CENTS, FISCAL, CORE], { global: 0, rule: 0.3 }, { task: TASK }, 2_000);
    const injected = (id: string): boolean[] =>
      decisions.map(({ items }) => items.some((item) => item.rule === `${id}@1` && item.injected));
    const share = (flags: readonly boolean[]): number => flags.filter(Boolean).length / flags.length;
    expect(share(injected(CORE.id))).toBe(1);
    expect(share(injected(CENTS.id))).toBeCloseTo(0.7, 1);
    expect(share(injected(FISCAL.id))).toBeCloseTo(0.7, 1);
    const both = injected(CENTS.id).map((flag, at) => flag && injected(FISCAL.id)[at] === true);
    expect(share(both)).toBeCloseTo(0.49, 1);
    const { items } = decisions[0] ?? { items: [] };
    expect(items.map(({ propensity }) => propensity)).toEqual([1, 0.7, 0.7]);
    expect(items.every(({ coin, propensity, injected: is }) => coin < propensity === is)).toBe(true);
  });

  it('leaves the place of a withheld rule empty', () => {
    const many = Array.from({ length: 15 }, (_, at) =>
      exampleRule(`Revenue of orders in region ${at} is booked in ledger ${at * 7} of that region.`),
    );
    const decisions = armsOf(many, { global: 0, rule: 0.5 }, { task: TASK }, 20);
    for (const { items } of decisions) expect(items).toHaveLength(10);
  });

  it('is still served when every coin fell the other way', () => {
    const { serving } = world([CENTS], { global: 0, rule: 0.999_999 });
    expect(serving.get({ task: TASK }, 'shop')).toMatchObject({ text: '', items: [], arm: 'served' });
  });
});

describe('override', () => {
  const everything: Holdout = { global: 0.999_999, rule: 0.999_999 };

  it('gives exactly the named rules, without coins', () => {
    const { serving, knowledge, decisions } = world([CENTS], everything);
    knowledge.archive.push(FISCAL);
    const named = serving.get({ task: TASK, override: [`${FISCAL.id}@1`] }, 'shop');
    expect(named.arm).toBe('override');
    expect(named.items.map(({ id }) => id)).toEqual([FISCAL.id]);
    expect(decisions[0]?.items).toEqual([
      { rule: `${FISCAL.id}@1`, rank: 1, propensity: 1, coin: 0, injected: true, epoch: '' },
    ]);
    expect(serving.get({ task: TASK, override: 'active' }, 'shop').items.map(({ id }) => id)).toEqual([
      CENTS.id,
    ]);
    expect(serving.get({ task: TASK, override: 'none' }, 'shop')).toMatchObject({
      text: '',
      arm: 'override',
    });
  });

  it('gives a trial its rules, and an unknown trial none', () => {
    const { serving, trials, decisions } = world([CENTS, FISCAL], everything);
    trials.set('t1', [`${CENTS.id}@1`]);
    expect(serving.get({ task: TASK, trial: 't1' }, 'shop').items.map(({ id }) => id)).toEqual([CENTS.id]);
    expect(serving.get({ task: TASK, trial: 't2' }, 'shop')).toMatchObject({ text: '', arm: 'override' });
    expect(decisions.map(({ trialId }) => trialId)).toEqual(['t1', 't2']);
  });

  it('refuses rules that do not exist, by name', () => {
    const { serving } = world([CENTS]);
    let thrown: unknown;
    try {
      serving.get({ task: TASK, override: [CENTS.id, 'nope', 'gone@3'] }, 'shop');
    } catch (error) {
      thrown = error;
    }
    expect(LearnerError.isInstance(thrown) && thrown.code).toBe('not_found');
    expect(String(thrown)).toContain('no rule nope');
    expect(String(thrown)).toContain('no rule has the id and version "gone@3"');
  });
});

describe('a conversation', () => {
  it('keeps its snapshot while rules are added, and moves on when one is taken back', () => {
    const { serving, knowledge } = world([CENTS]);
    const first = serving.get({ task: TASK, session: 's' }, 'shop');
    knowledge.become([CENTS, FISCAL]);
    expect(serving.get({ task: TASK, session: 's' }, 'shop')).toMatchObject({
      text: first.text,
      snapshot: 1,
    });
    expect(serving.get({ task: TASK, session: 'other' }, 'shop')).toMatchObject({ snapshot: 2 });
    knowledge.become([FISCAL]);
    const after = serving.get({ task: TASK, session: 's' }, 'shop');
    expect(after.snapshot).toBe(3);
    expect(after.items.map(({ id }) => id)).toEqual([FISCAL.id]);
  });

  it('follows new rules until it first got one, and after a day', () => {
    const made = world([]);
    expect(made.serving.get({ task: TASK, session: 's' }, 'shop').arm).toBe('abstained');
    made.knowledge.become([CENTS]);
    expect(made.serving.get({ task: TASK, session: 's' }, 'shop').items).toHaveLength(1);
    made.knowledge.become([CENTS, FISCAL]);
    expect(made.serving.get({ task: TASK, session: 's' }, 'shop').items).toHaveLength(1);
    made.nowMs += 25 * 3_600_000;
    expect(made.serving.get({ task: TASK, session: 's' }, 'shop').items).toHaveLength(2);
  });
});

describe('render', () => {
  it('gives the same text before and after an irrelevant candidate joins the rules', () => {
    const { serving, knowledge } = world([CENTS, FISCAL]);
    const birds = exampleRule('Round the airspeed of swallows.', {
      appliesWhen: 'the question is about birds',
    });
    const text = serving.render('shop', TASK, [CENTS, FISCAL]);
    expect(serving.render('shop', TASK, [CENTS, FISCAL, birds])).toBe(text);
    knowledge.become([]);
    expect(serving.render('shop', TASK, [CENTS, FISCAL])).toBe(text);
    expect(serving.render('shop', TASK, [CENTS])).not.toBe(text);
    expect(serving.render('shop', TASK, [birds])).toBe('');
  });
});

describe('recall', () => {
  const recall = (made: World, item: string, unit?: string): string =>
    made.serving.recall({ item, ...(unit === undefined ? {} : { unit }) }, 'shop');

  it('gives the text of a rule in force by its id or the start of it', () => {
    const made = world([CENTS, FISCAL]);
    expect(recall(made, 'cccccccc')).toBe(
      '[SKILL] cccccccc (effectiveness: new)\nApplies when: the question asks for revenue or order amounts\n\n' +
        'Amounts in the orders table are stored in cents: divide by 100.',
    );
    expect(recall(made, 'dddd')).toBe("Knowledge item 'dddd' not found.");
    expect(recall(made, '')).toBe("Knowledge item '' not found.");
  });

  it('refuses the start of several', () => {
    const twin = exampleRule('Another one.', { id: `c${'d'.repeat(31)}` });
    expect(recall(world([CENTS, twin]), 'c')).toBe(
      "Knowledge item 'c' not found: it is the start of cccccccc, cddddddd.",
    );
  });

  it('keeps to the coins of the unit, and to the rules of a trial', () => {
    const made = world([CENTS], { global: 0, rule: 0.5 });
    const units = Array.from({ length: 100 }, (_, at) => `unit-${at}`);
    const isGiven = (unit: string): boolean =>
      made.serving.get({ task: TASK, unit }, 'shop').items.length === 1;
    expect(new Set(units.map(isGiven)).size).toBe(2);
    for (const unit of units) expect(recall(made, 'cccc', unit).startsWith('[SKILL]')).toBe(isGiven(unit));
    made.trials.set('t', []);
    expect(made.serving.recall({ item: 'cccc', trial: 't' }, 'shop')).toContain('not found');
  });

  it('never gives what the scanner holds back', () => {
    const made = world([CENTS], NO_HOLDOUT, undefined, () => false);
    expect(recall(made, 'cccc')).toContain('not found');
  });
});

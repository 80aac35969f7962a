import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareRuns } from './compare-runs.ts';
import type { EvalCase } from './eval-case.ts';
import type { EvalResult, EvalRun } from './eval-run.ts';
import { checkCase, questionKey } from './new-case.ts';
import { sameJson } from './same-json.ts';
import { createScorer } from './scorer.ts';

const evalCase = (scorer: EvalCase['scorer'], expected: string): EvalCase => ({
  project: 'p',
  id: 'c',
  task: 't',
  expected,
  scorer,
  tags: [],
  source: 'api',
  sourceRunId: '',
  createdAt: '',
});

describe('scorers', () => {
  it.each([
    ['exact', '42', ' 42\n', 1],
    ['exact', '42', '42.0', 0],
    ['exact', 'e\u0301', '\u00e9', 1],
    ['contains', 'Paris', 'It is paris.', 1],
    ['contains', 'Paris', 'It is Lyon.', 0],
    ['json', '{"a":[1,2],"b":null}', '{"b":null,"a":[1,2.0000000001]}', 1],
    ['json', '[1,2]', '```json\n[1, 2]\n```', 1],
    ['json', '[1,2]', '[2,1]', 0],
    ['json', '{"a":1}', '{"a":1,"b":2}', 0],
    ['json', '{"a":1}', '{"b":1}', 0],
    ['json', '1900', '1900.01', 0],
    ['json', '"1"', '1', 0],
    ['json', '[1]', 'not json', 0],
    ['graded', 'Paris', ' Paris ', 1],
    ['graded', 'Paris', 'It is paris.', 0.8],
    ['graded', 'Paris', 'Lyon', 0],
  ] as const)('%s: %j and %j score %d', async (scorer, expected, output, score) => {
    expect(await createScorer().score(evalCase(scorer, expected), output)).toMatchObject({ ok: true, score });
  });

  it('every JSON value equals itself, whatever the order of its keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        expect(sameJson(JSON.stringify(value), JSON.stringify(turned))).toBe(true);
      }),
    );
  });

  it('without a judge there is no score, not a bad one', async () => {
    expect(await createScorer().score(evalCase('judge', 'x'), 'x')).toMatchObject({ ok: false });
  });
});

describe('a new case', () => {
  it.each([
    [
      { task: ' How many? ', expected: '42' },
      { task: 'How many?', expected: '42', scorer: 'exact', source: 'api' },
    ],
    [
      { task: 't', expected: '[1]', tags: ['a'] },
      { scorer: 'json', tags: ['a'] },
    ],
    [
      { task: 't', expected: '{oops', input: { k: [1] } },
      { scorer: 'exact', input: { k: [1] } },
    ],
    [{ task: 't', expected: '[1]', scorer: 'contains' }, { scorer: 'contains' }],
    [{ task: 't' }, { scorer: 'judge', expected: '' }],
    [
      { task: 't', expected: 'x', judgePrompt: 'polite?' },
      { scorer: 'judge', judgePrompt: 'polite?' },
    ],
  ])('is made of %j', (value, draft) => {
    expect(checkCase(value)).toMatchObject({ ok: true, draft });
  });

  it.each([
    [{ expected: '1' }, 'task: '],
    [{ task: '  ', expected: '1' }, 'task: '],
    [{ task: 't', scorer: 'exact' }, 'expected: '],
    [{ task: 't', expected: '1', scorer: 'magic' }, 'scorer: '],
    [{ task: 't', expected: '1', tags: ['a', ''] }, 'tags.1: '],
    ['t', 'case: '],
  ])('is refused by field: %j', (value, problem) => {
    const checked = checkCase(value);
    expect(checked.ok ? [] : checked.problems).toEqual([expect.stringContaining(problem)]);
  });

  it('is the same question for the same task and input, whatever the white space', () => {
    expect(questionKey({ task: 'a  b\n', input: 1 })).toBe(questionKey({ task: 'a b', input: 1 }));
    expect(questionKey({ task: 'a b', input: 1 })).not.toBe(questionKey({ task: 'a b' }));
  });
});

describe('comparing evaluations', () => {
  const evaluation = (
    id: string,
    scores: readonly (number | null)[],
  ): { run: EvalRun; results: EvalResult[] } => ({
    run: {
      project: 'p',
      id,
      name: '',
      tags: [],
      ruleSet: 'none',
      rules: [],
      state: 'succeeded',
      error: '',
      cases: scores.length,
      passed: 0,
      failed: 0,
      void: 0,
      score: null,
      startedAt: '',
      finishedAt: '',
    },
    results: scores.map((score, index) => ({
      caseId: `c${index}`,
      trialId: '',
      score,
      output: '',
      error: '',
      reason: '',
      durationMs: 0,
    })),
  });
  const compare = (
    a: readonly (number | null)[],
    b: readonly (number | null)[],
  ): ReturnType<typeof compareRuns> =>
    compareRuns(evaluation('a', a), evaluation('b', b), (id) => `task ${id}`);

  it('pairs by case, and lists what got better and what got worse', () => {
    expect(compare([0, 1, 1, null, 0], [1, 1, 0, 1, 0])).toMatchObject({
      pairs: 4,
      unpaired: 1,
      scoreDelta: 0,
      improvements: [{ caseId: 'c0', task: 'task c0', baseline: 0, treatment: 1 }],
      regressions: [{ caseId: 'c2' }],
    });
  });

  it('gives an interval that holds the difference and excludes zero when nearly all got better', () => {
    const { interval, scoreDelta } = compare(
      Array.from({ length: 40 }, () => 0),
      [...Array.from({ length: 30 }, () => 1), ...Array.from({ length: 10 }, () => 0)],
    );
    expect(scoreDelta).toBe(0.75);
    expect(interval?.[0]).toBeGreaterThan(0.5);
    expect(interval?.[0]).toBeLessThan(0.75);
    expect(interval?.[1]).toBeGreaterThan(0.75);
  });

  it('of nothing in common says so', () => {
    expect(compare([], [1])).toMatchObject({ pairs: 0, unpaired: 1, scoreDelta: null, interval: null });
  });
});

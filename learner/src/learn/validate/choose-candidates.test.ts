import { describe, expect, it } from 'vitest';
import type { Rule } from '../../knowledge/rule.ts';
import { chooseCandidates, TRIALS_PER_CANDIDATE } from './choose-candidates.ts';

const rule = (id: string, runs: number, part: Partial<Rule> = {}): Rule => ({
  project: 'p',
  id,
  version: 1,
  kind: 'skill',
  content: id,
  appliesWhen: 'x',
  tags: [],
  status: 'candidate',
  quarantined: false,
  priority: 'normal',
  tokens: 1,
  provenance: {
    origin: 'analyzer',
    by: 'test',
    evidence: Array.from({ length: runs }, (_, index) => ({
      runId: `${id}-${index}`,
      traceId: '',
      spanId: '',
      field: 'output',
      quote: '',
      sha256: '',
    })),
  },
  reason: '',
  createdAt: '',
  updatedAt: '',
  ...part,
});
const chosen = (rules: readonly Rule[], runsBudget: number): string[] =>
  chooseCandidates(rules, {
    runsBudget,
    support: [1, 2, 3, 4, 5].map((run) => ({ ruleId: 'c', runId: `run-${run}`, principal: '', at: 0 })),
    judged: new Set(['d@1']),
  }).map(({ id }) => id);

describe('candidates of a cycle', () => {
  const rules = [
    rule('a', 1),
    rule('b', 2),
    rule('c', 1),
    rule('d', 9),
    rule('e', 9, { quarantined: true }),
    rule('f', 9, { status: 'validated' }),
  ];

  it('are the untested first, by support, without what waits for a person', () => {
    expect(chosen(rules, 1_000)).toEqual(['c', 'b', 'a', 'd']);
  });

  it('are no more than the budget can decide', () => {
    expect(chosen(rules, 2 * TRIALS_PER_CANDIDATE)).toEqual(['c', 'b']);
    expect(chosen(rules, TRIALS_PER_CANDIDATE - 1)).toEqual([]);
  });
});

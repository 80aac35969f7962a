import { describe, expect, it } from 'vitest';
import type { DecisionItem, DecisionRecord } from '../injectors/rule-set.ts';
import { PendingUnits } from './pending-units.ts';
import { settleUnit, type RunOutcome } from './settle-unit.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 10, 20);

const item = (given: Partial<DecisionItem> = {}): DecisionItem => ({
  rule: 'r@1',
  rank: 1,
  propensity: 0.5,
  coin: 0.2,
  injected: true,
  epoch: '1.2',
  ...given,
});

const decision = (given: Partial<DecisionRecord> = {}, minutes = 0): DecisionRecord => ({
  id: 'd',
  project: 'p',
  unit: 'u',
  agent: 'a',
  runId: 'run',
  trialId: '',
  at: new Date(START_MS + minutes * 60_000).toISOString(),
  snapshot: 2,
  fingerprint: '',
  taskHash: '',
  arm: 'served',
  items: [item()],
  bestCosine: null,
  ...given,
});

const outcome = (given: Partial<RunOutcome> = {}, minutes = 1): RunOutcome => ({
  runId: 'run',
  source: 'check',
  score: 1,
  receivedAtMs: START_MS + minutes * 60_000,
  ...given,
});

function pendingWith(...decisions: readonly DecisionRecord[]): PendingUnits {
  const pending = new PendingUnits(HOUR_MS);
  for (const each of decisions) pending.note(each, 0);
  return pending;
}

describe('a unit', () => {
  it('closes at its first final outcome, with the arm of its first answer', () => {
    const later = decision({ runId: 'second', items: [item({ injected: false, propensity: 0.2 })] }, 5);
    const pending = pendingWith(decision(), later);
    pending.hear(outcome({ runId: 'second', source: 'human', score: 0 }, 9));
    pending.hear(outcome({ score: 1 }, 8));
    expect(pending.ended()).toEqual([
      {
        ruleId: 'r',
        epoch: '1.2',
        unit: 'u',
        fingerprint: '',
        injected: true,
        propensity: 0.5,
        decidedAtMs: START_MS,
        outcome: 1,
        source: 'check',
        closedAtMs: START_MS + 8 * 60_000,
      },
    ]);
  });

  it('is one unit for each of its rules, and one for the whole layer', () => {
    const pending = new PendingUnits(HOUR_MS);
    pending.note(decision({ items: [item(), item({ rule: 's@4', injected: false, epoch: '4.9' })] }), 0.01);
    pending.hear(outcome());
    expect(
      pending.ended().map(({ ruleId, epoch, injected, propensity }) => [ruleId, epoch, injected, propensity]),
    ).toEqual([
      ['', 'all.0.01', true, 0.99],
      ['r', '1.2', true, 0.5],
      ['s', '4.9', false, 0.5],
    ]);
  });

  it('of the global hold-out tells about the layer only', () => {
    const pending = new PendingUnits(HOUR_MS);
    pending.note(decision({ arm: 'holdout', items: [item({ injected: false })] }), 0.01);
    pending.hear(outcome());
    expect(pending.ended()).toMatchObject([{ ruleId: '', injected: false }]);
  });

  it.each<[string, Partial<DecisionRecord>]>([
    ['a trial', { trialId: 't' }],
    ['an override', { arm: 'override' }],
    ['an answer without rules', { items: [], arm: 'abstained' }],
    ['an answer that names no run', { runId: '' }],
    ['a rule without a coin', { items: [item({ epoch: '', propensity: 1 })] }],
    ['a rule that nobody gets', { items: [item({ propensity: 0, injected: false })] }],
  ])('is never %s', (_what, given) => {
    const pending = pendingWith(decision(given));
    pending.hear(outcome());
    expect(pending.size).toBe(0);
  });

  it('waits with feedback and judges until its window is over', () => {
    const pending = pendingWith(decision());
    const feedback = outcome({ source: 'feedback', score: 0.25 });
    pending.hear(feedback);
    pending.hear(outcome({ source: 'judge', score: 1 }));
    expect(pending.ended()).toEqual([]);
    expect(pending.overdue(START_MS + HOUR_MS - 1)).toEqual([]);
    const [overdue] = pending.overdue(START_MS + HOUR_MS);
    expect(overdue?.runs).toEqual(['run']);
    expect(settleUnit([feedback, outcome({ source: 'judge' })], START_MS + HOUR_MS)).toEqual({
      outcome: 0.25,
      source: 'feedback',
      closedAtMs: START_MS + HOUR_MS,
    });
  });

  it('says when there is something new to wait for', () => {
    const pending = new PendingUnits(HOUR_MS);
    expect(pending.note(decision(), 0)).toBe(true);
    expect(pending.note(decision(), 0)).toBe(false);
    expect(pending.note(decision({ runId: 'second' }), 0)).toBe(true);
    expect(pending.note(decision({ items: [item(), item({ rule: 's@1' })] }), 0)).toBe(true);
    expect(pending.note(decision({ arm: 'abstained', items: [] }), 0)).toBe(false);
  });

  it('is consumed once: what is read again, or comes later, is not a new unit', () => {
    const pending = pendingWith(decision());
    pending.hear(outcome());
    pending.consume(pending.ended());
    pending.note(decision(), 0);
    pending.note(decision({ runId: 'third' }, 30), 0);
    pending.hear(outcome({ runId: 'third' }));
    expect([pending.size, pending.ended()]).toEqual([0, []]);
  });
});

describe('the end of a window', () => {
  const until = START_MS + HOUR_MS;

  it('without any outcome is a missing outcome; late ones do not count', () => {
    expect(settleUnit([], until)).toEqual({ outcome: null, source: '', closedAtMs: until });
    expect(settleUnit([outcome({}, 61)], until).outcome).toBeNull();
  });

  it('takes the mean over runs of the most trusted and latest outcome of each', () => {
    const outcomes = [
      outcome({ source: 'judge', score: 1 }, 1),
      outcome({ source: 'feedback', score: 1 }, 2),
      outcome({ source: 'feedback', score: 0.5 }, 3),
      outcome({ runId: 'other', source: 'judge', score: 0 }, 4),
    ];
    expect(settleUnit(outcomes, until)).toEqual({ outcome: 0.25, source: '', closedAtMs: until });
  });

  it('prefers a final outcome that was heard late', () => {
    const outcomes = [outcome({ source: 'feedback', score: 1 }, 1), outcome({ score: 0 }, 7)];
    expect(settleUnit(outcomes, until)).toMatchObject({
      outcome: 0,
      source: 'check',
      closedAtMs: START_MS + 7 * 60_000,
    });
  });
});

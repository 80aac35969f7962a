import { expect, test } from 'vitest';
import type { KnowledgeEvent, KnowledgeEventType } from '../knowledge/knowledge-base.ts';
import { LEARNER_ACTOR } from '../knowledge/lifecycle.ts';
import type { Rule, RuleStatus } from '../knowledge/rule.ts';
import { exampleRule } from '../injectors/example-rule.testing.ts';
import { brokenSplit, observeUnit, startWatch } from '../online/rule-watch.ts';
import type { WatchView } from '../online/watch-view.ts';
import { noticesOf } from './event-notices.ts';
import { createSplitAlarms } from './split-notices.ts';

function event(type: KnowledgeEventType, data: object, actor = LEARNER_ACTOR): KnowledgeEvent {
  const chained = { previousHash: '', hash: '', quotes: [] };
  const about = { project: 'p', sequence: 7, id: 'e', ruleId: type === 'snapshotted' ? '' : 'r' };
  return { ...about, type, at: '2026-11-20T00:00:00.000Z', actor, data: JSON.stringify(data), ...chained };
}

function typesOf(given: KnowledgeEvent, status: RuleStatus = 'active'): string[] {
  const find = (): Rule => exampleRule('r', { status });
  return noticesOf([given], { find }).map(({ type }) => type);
}

test('somebody hears of what waits for a person and of what was undone, and of nothing else', () => {
  expect(typesOf(event('quarantined', { reason: 'odd' }))).toEqual(['quarantined']);
  expect(typesOf(event('pin_requested', { reason: '' }, 'ann'))).toEqual(['review_pending']);
  expect(typesOf(event('validated', { reason: 'helps' }), 'validated')).toEqual(['review_pending']);
  expect(typesOf(event('validated', { reason: 'helps' }))).toEqual([]);
  expect(typesOf(event('deprecated', { reason: 'harmful in production: E 21' }))).toEqual(['rolled_back']);
  expect(typesOf(event('deprecated', { reason: 'harmful in production: E 21' }, 'ann'))).toEqual([]);
  expect(typesOf(event('deprecated', { reason: 'superseded by x@1' }))).toEqual([]);
  expect(typesOf(event('snapshotted', { reason: '', restores: 3 }, 'ann'))).toEqual(['rolled_back']);
  expect(typesOf(event('snapshotted', { reason: '', tag: 't' }, 'ann'))).toEqual([]);
  expect(
    noticesOf([event('snapshotted', { reason: 'bad day', restores: 3 })], { find: () => undefined }),
  ).toEqual([
    {
      id: 'e',
      type: 'rolled_back',
      project: 'p',
      at: '2026-11-20T00:00:00.000Z',
      ruleId: null,
      position: 7,
      actor: LEARNER_ACTOR,
      reason: 'restored 3: bad day',
    },
  ]);
});

test('an experiment whose arms cannot be compared is told once', () => {
  let watch = startWatch();
  // Every unit got the rule although the coins said half.
  while (brokenSplit(watch) === null)
    watch = observeUnit(watch, { injected: true, propensity: 0.5, outcome: 1 });
  const rule = exampleRule('Round half up.', { project: 'p' });
  const view = (broken: WatchView['broken'], current: boolean): WatchView => {
    const arm = { units: 0, missing: 0, outcome: null };
    const numbers = {
      units: watch.units,
      with: arm,
      without: arm,
      lift: null,
      eHarm: 1,
      eBenefit: 1,
      eFutility: 1,
    };
    const place = {
      epoch: '1.2',
      fingerprint: '',
      stage: 'canary',
      withheldShare: 0.5,
      drift: 0,
      alarms: 0,
    } as const;
    return { ...numbers, ...place, broken, current, next: 'Nothing is decided.' };
  };
  const at = new Date('2026-11-20T00:00:00Z');
  const find = (): typeof rule => rule;
  const alarms = createSplitAlarms({
    find,
    views: () => [view(brokenSplit(watch), true), view('missing', false)],
  });
  expect(alarms.notices('p', [rule.id, ''], at)).toMatchObject([
    { type: 'sample_ratio_alarm', ruleId: rule.id, position: null, reason: 'Nothing is decided.' },
    { type: 'sample_ratio_alarm', ruleId: null, reason: expect.stringContaining('all knowledge') },
  ]);
  expect(alarms.notices('p', [rule.id, ''], at)).toEqual([]);
  const sound = createSplitAlarms({ find, views: () => [view(null, true)] });
  expect(sound.notices('p', [rule.id], at)).toEqual([]);
});

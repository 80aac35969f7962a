import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KnowledgeBase, KnowledgeEvent } from './knowledge-base.ts';
import {
  done,
  inForce,
  openKnowledgeStore,
  ruleText,
  type KnowledgeStore,
} from './knowledge-store.testing.ts';
import { LEARNER_ACTOR } from './lifecycle.ts';
import type { Evidence, Provenance, Rule } from './rule.ts';

const START_MS = Date.UTC(2026, 10, 20, 12);
const DAY_MS = 86_400_000;

let disk: KnowledgeStore;
let nowMs = START_MS;
const told: KnowledgeEvent[] = [];

beforeAll(async () => {
  disk = await openKnowledgeStore();
});

afterAll(() => disk.close());

/** What a restarted process would see. */
async function open(project: string, pinPersons: 1 | 2 = 1): Promise<KnowledgeBase> {
  const registry = await disk.reopen({
    now: () => new Date(nowMs),
    pinPersons,
    onEvents: (events) => void told.push(...events),
  });
  return registry.of(project);
}

function taughtBy(...principals: readonly string[]): Provenance {
  const evidence = principals.map((principal, index): Evidence => ({
    runId: `run-${index}`,
    traceId: 't',
    spanId: 's',
    field: 'output',
    quote: 'q',
    sha256: '',
    ...(principal === '' ? {} : { principal }),
  }));
  return { origin: 'analyzer', by: 'sim', evidence };
}

describe('pinning by two', () => {
  test('the first asks, another one agrees; nobody agrees with himself, under another name either', async () => {
    const base = await open('two', 2);
    const rule = await inForce(base, 'Divide amounts by 100.');
    expect(done(await base.pin(rule.id, 'ann', 'key-1'))).toMatchObject({
      priority: 'normal',
      pinRequest: { actor: 'ann', key: 'key-1' },
    });
    const restarted = await open('two', 2);
    for (const [actor, key] of [
      ['ann', 'key-1'],
      ['ann', 'key-2'],
      ['anna', 'key-1'],
    ] as const)
      expect(await restarted.pin(rule.id, actor, key)).toMatchObject({ ok: false, code: 'not_allowed' });
    expect(await restarted.pin(rule.id, LEARNER_ACTOR)).toMatchObject({ ok: false });
    const pinned = done(await restarted.pin(rule.id, 'bob', 'key-2'));
    expect(pinned.priority).toBe('pinned');
    expect(pinned).not.toHaveProperty('pinRequest');
  });

  test('a request is withdrawn by unpin, and ends when the rule leaves or is edited', async () => {
    const base = await open('withdrawn', 2);
    const rule = await inForce(base, 'Divide amounts by 100.');
    done(await base.pin(rule.id, 'ann'));
    expect(done(await base.unpin(rule.id, 'bob'))).not.toHaveProperty('pinRequest');
    done(await base.pin(rule.id, 'ann'));
    done(await base.edit(rule.id, { content: 'Divide amounts by 1000.' }, 'eve'));
    done(await base.approve(rule.id, 'eve'));
    // A request for the old text is none for the new one.
    expect(done(await base.pin(rule.id, 'bob')).priority).toBe('normal');
  });
});

describe('quarantine', () => {
  test('holds a rule in force back until a person releases it', async () => {
    const base = await open('quarantine');
    const rule = await inForce(base, 'Divide amounts by 100.');
    done(await base.quarantine(rule.id, LEARNER_ACTOR, 'a span it quotes was planted'));
    expect(base.served()).toEqual([]);
    expect(base.list({ quarantined: true })).toMatchObject([{ reason: 'a span it quotes was planted' }]);
    expect(await base.release(rule.id, LEARNER_ACTOR, 'fine')).toMatchObject({ code: 'not_allowed' });
    expect(done(await base.release(rule.id, 'ann', 'looked at it'))).toMatchObject({ status: 'active' });
    expect(base.served()).toHaveLength(1);
  });
});

describe('expiry', () => {
  test('by a time of its own or by the default; pinned rules have no default', async () => {
    nowMs = START_MS;
    const base = await open('expiry');
    const own = await inForce(base, 'Divide amounts by 10.');
    const usual = await inForce(base, 'Round half up.');
    const pinned = await inForce(base, 'Name the currency.');
    done(await base.pin(pinned.id, 'ann'));
    done(await base.setExpiry(own.id, 'ann', new Date(START_MS + DAY_MS).toISOString(), 'season'));
    expect(await base.expireDue(7 * DAY_MS)).toEqual([]);
    nowMs = START_MS + DAY_MS;
    const restarted = await open('expiry');
    expect(await restarted.expireDue(7 * DAY_MS)).toEqual([own.id]);
    const expired = done(restarted.find(own.id));
    expect(expired).toMatchObject({ status: 'candidate', reason: expect.stringContaining('expired at') });
    expect(expired).not.toHaveProperty('expiresAt');
    expect(restarted.history(own.id).at(-1)).toMatchObject({ type: 'expired', actor: LEARNER_ACTOR });
    nowMs = START_MS + 7 * DAY_MS;
    expect(await restarted.expireDue(0)).toEqual([]);
    expect(await restarted.expireDue(7 * DAY_MS)).toEqual([usual.id]);
    expect(restarted.served()).toMatchObject([{ id: pinned.id }]);
    // Coming into force again starts the time anew.
    done(await restarted.approve(usual.id, 'ann'));
    expect(await restarted.expireDue(7 * DAY_MS)).toEqual([]);
  });

  test('a time can be taken back', async () => {
    nowMs = START_MS;
    const base = await open('taken-back');
    const rule = await inForce(base, 'Divide amounts by 10.');
    done(await base.setExpiry(rule.id, 'ann', new Date(START_MS + 1).toISOString(), 'season'));
    expect(done(await base.setExpiry(rule.id, 'ann', null, 'no'))).not.toHaveProperty('expiresAt');
    nowMs = START_MS + DAY_MS;
    expect(await base.expireDue(0)).toEqual([]);
  });
});

describe('purging a source', () => {
  test('removes what it alone taught and what stands on that, opens again what others taught too', async () => {
    const base = await open('purge');
    const promoted = async (content: string, by: Provenance, supersedes?: string): Promise<Rule> => {
      const { id } = done(await base.propose(ruleText(content), by));
      return done(await base.promote(id, 'v', 'helps', supersedes));
    };
    const alone = await promoted('Divide amounts by 10.', taughtBy('mallory', '', 'mallory'));
    const shared = await promoted('Round half up.', taughtBy('mallory', 'carol'));
    const honest = await promoted('Name the currency.', taughtBy('carol'));
    const unknown = await promoted('Count whole months.', taughtBy(''));
    const heir = await promoted('Divide amounts by 5.', taughtBy(''), `${alone.id}@1`);
    const standing = await promoted('Divide amounts by 100.', taughtBy('dave'), `${heir.id}@1`);
    const waiting = done(await base.propose(ruleText('Round down.'), taughtBy('mallory', 'carol')));
    const source = { principals: new Set(['mallory']), authors: new Set<string>() };

    expect(await base.purge(source, LEARNER_ACTOR, 'x')).toMatchObject({ code: 'not_allowed' });
    const wanted = { removed: [alone.id, heir.id], reopened: [shared.id, standing.id] };
    expect(base.planPurge(source)).toEqual(wanted);
    expect(await base.purge(source, 'ann', 'planted tickets')).toEqual({ ok: true, ...wanted });
    const ids = base.served().map(({ id }) => id);
    expect(new Set(ids)).toEqual(new Set([honest.id, unknown.id]));
    expect(done(base.find(shared.id))).toMatchObject({ status: 'candidate' });
    expect(done(base.find(waiting.id))).toMatchObject({ status: 'candidate' });
    expect(done(base.find(alone.id))).toMatchObject({
      status: 'archived',
      reason: 'purged: planted tickets',
    });
    for (const change of [
      base.approve(alone.id, 'eve'),
      base.edit(alone.id, { content: 'Round up.' }, 'eve'),
    ])
      expect(await change).toMatchObject({ ok: false, code: 'not_allowed' });
    // Whose rule others taught again later is taught by others too.
    const taughtAgain = await promoted('Name the year.', taughtBy('mallory'));
    expect(base.planPurge(source)).toEqual({ removed: [taughtAgain.id], reopened: [] });
    const supporters = new Map([[taughtAgain.id, new Set(['mallory', 'carol'])]]);
    expect(base.planPurge({ ...source, supporters })).toEqual({ removed: [], reopened: [taughtAgain.id] });
    expect(
      base.planPurge({ ...source, supporters: new Map([[taughtAgain.id, new Set(['mallory', ''])]]) })
        .removed,
    ).toEqual([taughtAgain.id]);
    done(await base.reject(taughtAgain.id, 'ann', 'no'));
    // The same again finds nothing to remove.
    expect(await (await open('purge')).purge(source, 'ann', 'again')).toMatchObject({
      removed: [taughtAgain.id],
      reopened: [],
    });
  });
});

test('events are told after they are stored, in order', async () => {
  told.length = 0;
  const base = await open('told');
  const rule = await inForce(base, 'Divide amounts by 100.');
  await base.takeSnapshot({ actor: 'ann' });
  expect(told.map(({ type, ruleId, sequence }) => [type, ruleId, sequence])).toEqual([
    ['proposed', rule.id, 1],
    ['approved', rule.id, 2],
    ['snapshotted', '', 3],
  ]);
});
